//! Writes what follows from the schemas and the operation table: the literals that cut rows out of a tape, and the
//! declarations of the wire types.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use stocklane::operation::Operation;
use stocklane::wire::{Certainty, Kind, Need, Schema, Shape};
use stocklane::{incocloud, intercars, storefront};

/// Writes `rows.js`, `version.js`, `wire.d.ts` and `incocloud-fields.js` into the package.
pub fn write(package: &Path) -> Result<()> {
    let mut answers = BTreeMap::new();
    let mut asked = BTreeMap::new();
    let operations = [intercars::OPERATIONS, incocloud::OPERATIONS].concat();
    for operation in operations.iter().chain(storefront::REMOTE) {
        collect(operation.answer.schema(), &mut answers);
    }
    for operation in &operations {
        collect(operation.args, &mut asked);
    }
    std::fs::write(package.join("rows.js"), rows(&answers)?)?;
    let version = format!("export const version = \"{}\";\n", env!("CARGO_PKG_VERSION"));
    std::fs::write(package.join("version.js"), version)?;
    let remote: Vec<&str> = storefront::REMOTE.iter().map(|operation| operation.answer.schema().name).collect();
    let mut declared = BTreeMap::new();
    for operation in &operations {
        collect(operation.answer.schema(), &mut declared);
    }
    declared.retain(|name, _| !remote.contains(name));
    declared.extend(asked);
    std::fs::write(package.join("wire.d.ts"), declarations(&declared, &operations)?)?;
    std::fs::write(package.join("incocloud-fields.js"), certainties()?)?;
    Ok(())
}

fn collect(schema: &'static Schema, into: &mut BTreeMap<&'static str, &'static Schema>) {
    if into.insert(schema.name, schema).is_none() {
        for field in schema.fields {
            if let Kind::One(child) | Kind::Many(child) | Kind::NumberOrMany(child) = field.kind {
                collect(child, into);
            }
        }
    }
}

/// A function for each schema: a literal where the row is regular, else field by field.
fn rows(schemas: &BTreeMap<&'static str, &'static Schema>) -> Result<String> {
    let mut out = String::from(
        "// Generated from the schemas: how each row is cut. The names are those of tape.js.\n\
         import { many, text, texts } from \"./tape.js\";\n",
    );
    for schema in schemas.values() {
        let name = schema.name;
        let (mut literal, mut by_field) = (Vec::new(), String::new());
        for (position, field) in schema.fields.iter().enumerate() {
            let slot = position + 2;
            let range = format!("i+{}", 2 * slot);
            let (first, second) = (format!("t[{range}]"), format!("t[i+{}]", 2 * slot + 1));
            let value = match field.kind {
                Kind::Text => format!("text(s,w,t,{range})"),
                Kind::Number => format!("f[r+{slot}]"),
                Kind::Bool => format!("{first}===1"),
                Kind::Texts => format!("texts(s,w,t,{first},{second})"),
                Kind::Any | Kind::TextOrNumber | Kind::NumberOrMany(_) => format!("JSON.parse(text(s,w,t,{range}))"),
                Kind::One(child) => format!("{}(s,w,t,f,{first})", child.name),
                Kind::Many(child) => format!("many({},s,w,t,f,{first},{second})", child.name),
            };
            let wire = field.name;
            if field.need.is_required() {
                write!(by_field, "o.{wire}={value};")?;
            } else {
                write!(by_field, "if({second}!==-1)o.{wire}={value};else if({first}<-1)o.{wire}=null;")?;
            }
            literal.push(match field.need {
                Need::Nullable => format!("{wire}:{second}===-1?null:{value}"),
                _ => format!("{wire}:{value}"),
            });
        }
        write!(
            out,
            "\nexport const {name} = (s, w, t, f, r) => {{\n  const i = 2 * r, how = t[i + 1];\n  \
             if (how === 0) return {{{}}};\n  \
             if (how === 2) return JSON.parse(text(s, w, t, i + 2));\n  \
             const o = {{}};\n  {by_field}\n  return o;\n}};\n",
            literal.join(","),
        )?;
    }
    Ok(out)
}

fn declarations(schemas: &BTreeMap<&'static str, &'static Schema>, operations: &[&Operation]) -> Result<String> {
    let mut out = String::from(
        "// Generated from the schemas. Fields have the wire's own names; a field that the supplier adds later is there at\n\
         // run time.\n",
    );
    for schema in schemas.values() {
        write!(out, "\n/**{} */\nexport interface {} {{\n", schema.doc, schema.name)?;
        for field in schema.fields {
            let certain = match field.certainty {
                Certainty::Literal => String::new(),
                certainty => format!(" ({}.)", certainty.as_str()),
            };
            let optional = if field.need.is_required() { "" } else { "?" };
            let null = if field.need == Need::Nullable { " | null" } else { "" };
            writeln!(
                out,
                "  /**{}{certain} */\n  {}{optional}: {}{null};",
                field.doc,
                field.name,
                type_of(field.kind)
            )?;
        }
        out.push_str("}\n");
    }
    out.push_str("\n/** Every operation by name: what its method takes, and what one request answers. */\nexport interface Operations {\n");
    for operation in operations {
        let row = operation.answer.schema().name;
        let answer = match operation.answer {
            Shape::Rows(_) => format!("{row}[]"),
            Shape::One(_) => row.to_owned(),
            Shape::OneOrRows(_) => format!("{row} | {row}[]"),
        };
        writeln!(out, "  {}: {{ args: {}; answer: {answer} }};", operation.name, operation.args.name)?;
    }
    out.push_str("}\n\n/** What each of IncoCloud's resources is a list of. */\nexport interface IncoRows {\n");
    for operation in incocloud::RESOURCES {
        writeln!(out, "  {}: {};", operation.name, operation.answer.schema().name)?;
    }
    out.push_str("}\n");
    Ok(out)
}

/// How certain each field and parameter of each resource is.
fn certainties() -> Result<String> {
    let mut out = String::from(
        "// Generated from the schemas: how well each field and parameter of IncoCloud's resources is known. `literal` is what\n\
         // the supplier prints; correct the others by `fieldNames` where the service calls them otherwise.\n\
         export const fields = {\n",
    );
    for operation in incocloud::RESOURCES {
        let mut known = BTreeMap::new();
        certainties_of(operation.answer.schema(), "", &mut known);
        writeln!(out, "  {}: {},", operation.name, object(&known))?;
    }
    out.push_str("};\nexport const parameters = {\n");
    for operation in incocloud::RESOURCES {
        // The supplier lists parameters for these two alone.
        let certainty = if matches!(operation.name, "item" | "sale") { Certainty::Literal } else { Certainty::Guessed };
        let known = operation.args.fields.iter().map(|field| (field.name.to_owned(), certainty)).collect();
        writeln!(out, "  {}: {},", operation.name, object(&known))?;
    }
    out.push_str("};\n");
    Ok(out)
}

fn certainties_of(schema: &Schema, path: &str, known: &mut BTreeMap<String, Certainty>) {
    for field in schema.fields {
        let path = format!("{path}{}", field.name);
        known.insert(path.clone(), field.certainty);
        if let Kind::One(child) | Kind::Many(child) = field.kind {
            certainties_of(child, &format!("{path}."), known);
        }
    }
}

fn object(known: &BTreeMap<String, Certainty>) -> String {
    let entries: Vec<String> =
        known.iter().map(|(path, certainty)| format!("\"{path}\": \"{}\"", certainty.as_str())).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn type_of(kind: Kind) -> String {
    match kind {
        Kind::Text => "string".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Bool => "boolean".to_owned(),
        Kind::Texts => "string[]".to_owned(),
        Kind::Any => "unknown".to_owned(),
        Kind::TextOrNumber => "string | number".to_owned(),
        Kind::NumberOrMany(child) => format!("number | {}[]", child.name),
        Kind::One(child) => child.name.to_owned(),
        Kind::Many(child) => format!("{}[]", child.name),
    }
}
