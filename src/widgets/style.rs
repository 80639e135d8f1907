//! The style that every shadow root carries.
//!
//! Text takes the page's own colour, and so its contrast, in light and dark alike; only the icon has a colour, of a
//! middle tone that stands out on both. A state is said in words and drawn as a shape: colour only adds to them.
//! The box is reserved by `min-height`. A page with a strict `style-src` grants this text by its SHA-256.

/// One text for all widgets, so that a page need grant only one.
pub const STYLE: &str = "\
:host{display:block;line-height:1.4}\
:host([hidden]){display:none}\
:host(stocklane-stock){min-height:var(--stocklane-stock-height,1.4em)}\
:host(stocklane-quote){min-height:var(--stocklane-quote-height,2.8em)}\
p,ul{margin:0;padding:0;list-style:none}\
[part=place]{display:flex;flex-wrap:wrap;gap:0 .5em}\
[part~=state],[part=price],[part=total-price]{font-weight:var(--stocklane-weight,600)}\
[part=quantity]{margin-inline-start:.35em}\
[part=icon]{display:inline-block;box-sizing:border-box;margin-inline-end:.5em;vertical-align:-.04em;width:.75em;height:.75em;border:.14em solid;border-radius:50%;forced-color-adjust:none;color:var(--stocklane-unknown,#767b85);border-style:dotted}\
[part~=in-stock] [part=icon]{color:var(--stocklane-in-stock,#16854a);border-style:solid;background:currentColor}\
[part~=low] [part=icon]{color:var(--stocklane-low,#b36200);border-style:solid;background:linear-gradient(0deg,currentColor 50%,transparent 0)}\
[part~=orderable] [part=icon]{color:var(--stocklane-orderable,#2f74d0);border-style:solid}\
[part~=out-of-stock] [part=icon]{color:var(--stocklane-out-of-stock,#cf4232);border-style:solid;background:linear-gradient(45deg,transparent 42%,currentColor 0 58%,transparent 0)}\
[part=places],[part=more],[part=basis],[part=total],[part=deposit],[part=delivery],[part=stale]{font-size:var(--stocklane-small,.875em)}\
[part=label]{font-weight:var(--stocklane-weight,600)}\
[part=price]{font-size:var(--stocklane-price,1.5em);line-height:1.2}\
summary{cursor:pointer}\
:focus-visible{outline:3px solid;outline-offset:2px}\
time,data{white-space:nowrap}";

#[cfg(test)]
mod tests {
    use super::STYLE;

    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap_or_default()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    /// 3:1 is asked of graphics; text has the page's own colour.
    #[test]
    fn every_icon_stands_out_on_white_and_on_near_black() {
        let colours = STYLE.split('#').skip(1).map(|rest| &rest[..6]).collect::<Vec<_>>();
        assert_eq!(colours.len(), 5);
        for colour in colours {
            let light = luminance(colour);
            assert!(1.05 / (light + 0.05) >= 3.0, "#{colour} on white");
            assert!((light + 0.05) / (luminance("121212") + 0.05) >= 3.0, "#{colour} on black");
        }
    }

    #[test]
    fn no_text_has_a_colour_of_its_own() {
        for rule in STYLE.split('}').filter(|rule| !rule.contains("part=icon]")) {
            assert!(!rule.contains("color:") && !rule.contains("opacity"), "{rule}");
        }
    }

    #[test]
    fn nothing_is_fetched_or_ends_the_element() {
        for word in ["url(", "@import", "<", "\\"] {
            assert!(!STYLE.contains(word));
        }
    }
}
