/**
 * `<stocklane-stock sku endpoint lang>` and `<stocklane-quote sku quantity endpoint lang>`.
 *
 * Importing this module in a browser defines them; elsewhere it does nothing. All elements of a page that ask the same
 * `endpoint` for the same widget in the same language share one request. What stands inside an element is shown until its
 * answer comes, and beside the words and the button that say that none came.
 *
 * Theming, custom properties: `--stocklane-stock-height` and `--stocklane-quote-height` (the reserved boxes),
 * `--stocklane-price` and `--stocklane-small` (font sizes), `--stocklane-weight`, and the icon's colours
 * `--stocklane-in-stock`, `--stocklane-low`, `--stocklane-orderable`, `--stocklane-out-of-stock`, `--stocklane-unknown`.
 * Text has the page's own colour.
 *
 * Theming, `::part()`: of stock `stock` (also `in-stock`, `low`, `orderable`, `out-of-stock`, `unknown`), `state`, `icon`,
 * `quantity`, `places`, `place`, `label`, `place-quantity`, `order-by`, `deliver-by`, `more`; of a quote `quote`, `unit`,
 * `price`, `basis`, `total`, `total-price`, `deposit`, `deposit-price`, `delivery`, `state` (also `on-request`,
 * `no-price`); of both `stale` (nobody could be asked anew), `error`, `retry`.
 */

/** Defines the elements, where there are custom elements and they are not defined yet. */
export declare function defineWidgets(): void;

/** What an element could not get, and why. */
export interface StocklaneErrorDetail {
  /** As `StocklaneError.kind`: `network`, `timeout`, `rate_limited`, `upstream`, `decode`, … */
  kind: string;
  sku: string;
  /** What the proxy calls this failure in its log. */
  correlationId?: string;
}

/** Attributes `sku`, `endpoint` (default: the page's own origin) and `lang` (default: the page's). */
export interface StocklaneStockElement extends HTMLElement {
  /** Asks again, whatever is shown. */
  reload(): void;
}

/** The same, and `quantity`: pieces, 1 where it is left out or no number above 0. */
export interface StocklaneQuoteElement extends HTMLElement {
  /** Asks again, whatever is shown. */
  reload(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "stocklane-stock": StocklaneStockElement;
    "stocklane-quote": StocklaneQuoteElement;
  }
  interface GlobalEventHandlersEventMap {
    "stocklane-load": CustomEvent<{ sku: string }>;
    "stocklane-error": CustomEvent<StocklaneErrorDetail>;
  }
}
