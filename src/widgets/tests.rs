use super::*;
use crate::storefront::{Money, Place, Quantity, Source, StockState, Vat};
use proptest::prelude::*;

const EVIL: &str = "\"'></template><img src=x onerror=alert(1)>&lt;";
const EVIL_SAFE: &str = "&quot;&#39;&gt;&lt;/template&gt;&lt;img src=x onerror=alert(1)&gt;&amp;lt;";

fn place() -> Place {
    Place { source: Source::Intercars, location: None, label: None, quantity: None, order_by: None, deliver_by: None }
}

fn availability(state: StockState) -> Availability {
    Availability {
        sku: "ADDFFF".into(),
        state,
        quantity: Some(Quantity { value: 10.0, at_least: true }),
        places: vec![],
        partial: false,
        stale: None,
    }
}

fn money(amount: &str, vat: Vat) -> Money {
    Money { amount: amount.into(), currency: "PLN".into(), vat }
}

fn offer() -> Offer {
    Offer {
        sku: "ADDFFF".into(),
        quantity: 2.0,
        source: Source::Intercars,
        unit: money("123", Vat::Gross),
        total: money("246.00", Vat::Gross),
        vat_percentage: Some(23.0),
        deposit: None,
        price_on_request: None,
        cheapest: None,
        soonest: None,
        stale: None,
        cost: None,
        deliver_by: None,
    }
}

/// What a reader reads: style and tags left out, a tag between blocks read as a line's end.
fn text(html: &str) -> String {
    let html = html.replace(STYLE, "").replace("</p>", "\n").replace("</li>", "\n").replace("</summary>", "\n");
    let mut out = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    out.replace('\u{a0}', " ").trim().into()
}

fn stock(answer: &Availability, lang: Lang) -> String {
    text(&render(&Element::Stock { sku: "ADDFFF", answer: Some(answer) }, lang))
}

fn quote(answer: &Offer, lang: Lang) -> String {
    text(&render(&Element::Quote { sku: "ADDFFF", quantity: answer.quantity, answer: Some(answer) }, lang))
}

#[test]
fn what_was_so_a_while_ago_says_so_in_every_language() {
    for lang in Lang::ALL {
        let (mut answer, mut price) = (availability(StockState::InStock), offer());
        let now = [stock(&answer, lang), quote(&price, lang)];
        assert!(now.iter().all(|text| !text.contains(lang.words().stale)));
        (answer.stale, price.stale) = (Some(true), Some(true));
        let before = [stock(&answer, lang), quote(&price, lang)];
        for (now, before) in now.iter().zip(before) {
            assert_eq!(before, format!("{now}\n{}", lang.words().stale));
        }
        answer.state = StockState::Unknown;
        assert_eq!(stock(&answer, lang), lang.words().unknown);
    }
}

#[test]
fn stock_says_state_quantity_places_and_times() {
    let mut answer = availability(StockState::InStock);
    answer.places = vec![
        Place {
            label: Some("Warehouse".into()),
            quantity: Some(Quantity { value: 7.0, at_least: false }),
            order_by: Some("2024-06-26T09:15:00".into()),
            deliver_by: Some("2024-06-26T09:30:00".into()),
            ..place()
        },
        Place { source: Source::Incocloud, label: Some("Our shop".into()), ..place() },
        Place { location: Some("POZ".into()), ..place() },
    ];
    assert_eq!(
        stock(&answer, Lang::En),
        "In stock Pieces: 10 or more\n\
         Warehouse Pieces: 7 Order by: 26 Jun 2024, 09:15 Delivery by: 26 Jun 2024, 09:30\n\
         Our shop\n\
         POZ"
    );
    assert!(stock(&answer, Lang::Pl).starts_with("W magazynie Liczba sztuk: 10 lub więcej\n"));
}

#[test]
fn the_shops_own_word_stands_before_a_suppliers_code() {
    let mut answer = availability(StockState::InStock);
    answer.places = vec![Place { location: Some("POZ".into()), label: Some("Warehouse".into()), ..place() }];
    assert!(stock(&answer, Lang::En).ends_with("Warehouse"));
}

#[test]
fn a_nameless_place_adds_its_times_and_repeats_nothing() {
    let mut answer = availability(StockState::InStock);
    answer.places = vec![Place { quantity: answer.quantity, deliver_by: Some("2024-06-26".into()), ..place() }];
    assert_eq!(
        stock(&answer, Lang::En),
        "In stock Pieces: 10 or more Delivery by: 26 Jun 2024".replace("more ", "more\n ")
    );
    answer.places = vec![Place { quantity: answer.quantity, ..place() }];
    assert_eq!(stock(&answer, Lang::En), "In stock Pieces: 10 or more");
}

#[test]
fn many_places_wait_behind_a_summary() {
    let mut answer = availability(StockState::InStock);
    answer.places = (1..=5).map(|at| Place { label: Some(["P", &*at.to_string()].concat()), ..place() }).collect();
    assert!(stock(&answer, Lang::En).ends_with("P1\nP2\nP3\nMore places: 2\nP4\nP5"));
    let html = render(&Element::Stock { sku: "A", answer: Some(&answer) }, Lang::En);
    for name in ["ul", "li", "details", "summary", "div", "p", "span", "bdi"] {
        let open =
            html.matches(&*["<", name, ">"].concat()).count() + html.matches(&*["<", name, " "].concat()).count();
        assert_eq!(open, html.matches(&*["</", name, ">"].concat()).count(), "{name}");
    }
}

#[test]
fn unknown_is_never_zero() {
    let mut answer = availability(StockState::Unknown);
    answer.quantity = Some(Quantity { value: 0.0, at_least: false });
    answer.places = vec![Place { label: Some("Warehouse".into()), quantity: answer.quantity, ..place() }];
    for lang in Lang::ALL {
        let nobody = text(&render(&Element::Stock { sku: "A0", answer: None }, lang));
        assert_eq!(nobody, lang.words().unknown);
        assert_eq!(stock(&answer, lang), nobody);
        let no_price = text(&render(&Element::Quote { sku: "A0", quantity: 1.0, answer: None }, lang));
        assert_eq!(no_price, lang.words().no_price);
        assert!(!nobody.contains('0') && !no_price.contains('0'));
    }
}

#[test]
fn a_quantity_that_is_no_number_is_left_out() {
    for value in [f64::NAN, f64::INFINITY, -1.0] {
        let mut answer = availability(StockState::InStock);
        answer.quantity = Some(Quantity { value, at_least: true });
        assert_eq!(stock(&answer, Lang::En), "In stock");
    }
}

#[test]
fn every_state_says_so_and_is_drawn_as_another_shape() {
    for lang in Lang::ALL {
        let words = lang.words();
        for (state, part, wanted) in [
            (StockState::InStock, "in-stock", words.in_stock),
            (StockState::Low, "low", words.low),
            (StockState::Orderable, "orderable", words.orderable),
            (StockState::OutOfStock, "out-of-stock", words.out_of_stock),
        ] {
            let html = render(&Element::Stock { sku: "A", answer: Some(&availability(state)) }, lang);
            assert!(text(&html).starts_with(wanted));
            assert!(html.contains(&*["part=\"stock ", part, "\""].concat()));
            assert!(STYLE.contains(&*["[part~=", part, "] [part=icon]"].concat()));
        }
    }
    assert_eq!(stock(&availability(StockState::OutOfStock), Lang::En), "Out of stock");
}

#[test]
fn quote_says_unit_tax_and_total() {
    assert_eq!(quote(&offer(), Lang::Pl), "123,00 zł za sztukę, brutto, z VAT (23%)\nRazem (2 szt.): 246,00 zł");
    assert_eq!(
        quote(&offer(), Lang::De),
        "123,00 PLN pro Stück, brutto, inkl. MwSt. (23 %)\nGesamt (2 Stk.): 246,00 PLN"
    );
    let one = Offer { quantity: 1.0, unit: money("100.00", Vat::Net), vat_percentage: None, ..offer() };
    assert_eq!(quote(&one, Lang::En), "PLN 100.00 per piece, net, VAT not included");
}

#[test]
fn a_deposit_stands_apart_and_says_its_tax_where_it_differs() {
    let with = |deposit| quote(&Offer { quantity: 1.0, deposit: Some(deposit), ..offer() }, Lang::En);
    let line = "PLN 123.00 per piece, gross, VAT included (23%)";
    let deposit = "\nRefundable core deposit per piece, not in the price: PLN 50.00";
    assert_eq!(with(money("50", Vat::Gross)), [line, deposit].concat());
    assert_eq!(with(money("50", Vat::Net)), [line, deposit, ", net, VAT not included"].concat());
    assert_eq!(with(money("0.00", Vat::Net)), line);
}

#[test]
fn a_price_on_request_shows_no_amount() {
    let answer = Offer {
        unit: money("5999.99", Vat::Net),
        price_on_request: Some(true),
        deliver_by: Some("2024-06-26".into()),
        ..offer()
    };
    assert_eq!(quote(&answer, Lang::En), "Price on request – ask us\nDelivery by: 26 Jun 2024");
}

#[test]
fn an_amount_that_is_none_is_an_unknown_price() {
    let answer = Offer { unit: money("<b>", Vat::Net), ..offer() };
    assert_eq!(quote(&answer, Lang::En), "Price unknown – ask us");
}

#[test]
fn what_a_supplier_or_a_request_says_stays_text() {
    let mut answer = availability(StockState::InStock);
    answer.sku = EVIL.into();
    answer.places = vec![
        Place { label: Some(EVIL.into()), order_by: Some(EVIL.into()), deliver_by: Some(EVIL.into()), ..place() },
        Place { location: Some(EVIL.into()), ..place() },
    ];
    let html = declarative(&Element::Stock { sku: EVIL, answer: Some(&answer) }, Lang::En);
    assert!(!html.contains("<img") && html.matches(EVIL_SAFE).count() == 5, "{html}");
    assert_eq!(html.matches("</template>").count(), 1);

    let evil = Money { amount: "1".into(), currency: EVIL.into(), vat: Vat::Net };
    let answer = Offer {
        unit: evil.clone(),
        total: evil.clone(),
        deposit: Some(evil),
        deliver_by: Some(EVIL.into()),
        ..offer()
    };
    for lang in [Lang::En, Lang::Pl] {
        let html = declarative(&Element::Quote { sku: EVIL, quantity: 2.0, answer: Some(&answer) }, lang);
        assert!(!html.contains("<img") && html.matches(EVIL_SAFE).count() == 5, "{html}");
    }
}

#[test]
fn a_fragment_keeps_the_order_and_names_each_element() {
    let answer = availability(StockState::Low);
    let html = fragment(
        &[Element::Stock { sku: "B", answer: None }, Element::Stock { sku: "A", answer: Some(&answer) }],
        Lang::Sr,
    );
    let b = html.find("<stocklane-stock sku=\"B\" lang=\"sr\"><template shadowrootmode=\"open\"><style>");
    let a = html.find("<stocklane-stock sku=\"A\" lang=\"sr\">");
    assert!(b.is_some() && b < a && html.contains("lang=\"sr-Latn\""));
    assert_eq!(html.matches("</template></stocklane-stock>\n").count(), 2);

    let quoted = fragment(&[Element::Quote { sku: "A", quantity: 1.5, answer: None }], Lang::Pl);
    assert!(
        quoted
            .starts_with("<stocklane-quote sku=\"A\" quantity=\"1.5\" lang=\"pl\"><template shadowrootmode=\"open\">")
    );
    assert_eq!(fragment(&[], Lang::Pl), "");
}

proptest! {
    #[test]
    fn any_data_render_without_a_panic_and_without_a_tag_of_their_own(
        words in prop::collection::vec(any::<String>(), 8), value in any::<f64>(), at in 0..17usize, on_request in any::<Option<bool>>()
    ) {
        let lang = Lang::ALL[at];
        let quantity = Some(Quantity { value, at_least: true });
        let stock = Availability {
            sku: words[0].clone(),
            state: StockState::Low,
            quantity,
            partial: false,
            stale: None,
            places: vec![Place {
                label: Some(words[1].clone()), order_by: Some(words[2].clone()), deliver_by: Some(words[3].clone()), quantity, ..place()
            }],
        };
        let sum = Money { amount: words[4].clone(), currency: words[5].clone(), vat: Vat::Gross };
        let priced = Money { amount: "1".into(), ..sum.clone() };
        let quote = Offer {
            sku: words[0].clone(), quantity: value, unit: priced.clone(), total: sum, deposit: Some(priced),
            vat_percentage: Some(value), price_on_request: on_request, deliver_by: Some(words[6].clone()), ..offer()
        };
        let html = fragment(&[
            Element::Stock { sku: &words[7], answer: Some(&stock) },
            Element::Quote { sku: &words[7], quantity: value, answer: Some(&quote) },
        ], lang);
        for tag in html.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap_or_default().trim_start_matches('/')) {
            let ours = ["stocklane-stock", "stocklane-quote", "template", "style", "div", "p", "span", "ul", "li", "bdi", "time", "data"];
            prop_assert!(ours.contains(&tag), "{}", tag);
        }
        prop_assert_eq!(html.matches("<template ").count(), 2);
    }
}
