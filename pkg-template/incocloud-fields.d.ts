/** How well the name and the type of a field are known: printed by the supplier, inferred from its system, or guessed. */
export type Certainty = "literal" | "inferred" | "guessed";
/** Fields of the rows of each of IncoCloud's resources; of rows inside by path, such as `details.price_out`. */
export declare const fields: Record<string, Record<string, Certainty>>;
/** Parameters of each resource. */
export declare const parameters: Record<string, Record<string, Certainty>>;
