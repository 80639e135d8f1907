//! A category read past the supplier's ceiling of 10,000 rows a query: its first 10,000, then its children, a leaf by its
//! brands; what stays out of reach is named.

use std::collections::{BTreeSet, HashSet};

use crate::engine::{Answer, CallOptions, Gap};
use crate::intercars::{CATEGORY, Category, Product, ProductPage, ProductQuery};
use crate::operation::{Args, Error};
use crate::wire::{Units, write_text};

use super::page::{AttemptsOnly, Page};
use super::{Client, Clock, Transport, Watch};

const PAGE: u64 = 100;
const CEILING: u64 = 10_000;
/// Asking for the children of a leaf answers with its own siblings.
const LEAF: &str = "GenericArticle_";

/// A category under way.
pub(super) struct Walk {
    args: Args,
    /// Whether the user asked for one brand: then brands cannot split a leaf.
    one_brand: bool,
    started: bool,
    /// Next to be read is the last.
    todo: Vec<Task>,
    reading: Option<Place>,
    seen: HashSet<Box<str>>,
    nodes: HashSet<String>,
    /// Categories above the ceiling whose parts are being read.
    open: Vec<Overflow>,
    gaps: Vec<Gap>,
    pages: usize,
}

enum Task {
    Read {
        category: Option<String>,
        brand: Option<String>,
    },
    /// All parts of the innermost open category are read.
    Close,
}

struct Place {
    category: Option<String>,
    brand: Option<String>,
    page: u64,
    read: u64,
    total: u64,
    brands: BTreeSet<String>,
    last: HashSet<Box<str>>,
    members: HashSet<Box<str>>,
}

struct Overflow {
    category: Option<String>,
    total: u64,
    members: HashSet<Box<str>>,
    /// Why what is missing is missing.
    reason: &'static str,
    /// Whether its parts are brands.
    by_brand: bool,
}

impl Walk {
    pub(super) fn new(args: Args) -> Walk {
        let row = args.row();
        let text = |field: usize| row.text(field).map(|text| text.into_owned());
        let (category, brand) = (text(ProductQuery::categoryId), text(ProductQuery::brands));
        Walk {
            one_brand: brand.is_some(),
            todo: vec![Task::Read { category, brand }],
            args,
            started: false,
            reading: None,
            seen: HashSet::new(),
            nodes: HashSet::new(),
            open: Vec::new(),
            gaps: Vec::new(),
            pages: 0,
        }
    }

    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    pub(super) async fn next<R: Transport + Clock>(
        &mut self,
        client: &Client<R>,
        options: &CallOptions,
        units: Units,
        watch: &dyn Watch,
    ) -> Result<Option<Page>, Error> {
        if !std::mem::replace(&mut self.started, true) {
            // Without a category the roots are read, one after the other.
            if let [Task::Read { category: None, .. }] = self.todo.as_slice() {
                let roots = self.children(client, None, options, watch).await?;
                self.todo = self.reads(roots);
            }
        }
        loop {
            // Before the next page and not after the last one: a failure here must not lose rows.
            if let Some(category) = self.overflowing() {
                let children = self.children(client, Some(&category), options, watch).await?;
                self.descend(children);
            }
            let Some(args) = self.next_args() else { return Ok(None) };
            let mut gathered = client.called(args, options.clone(), units, &AttemptsOnly(watch)).await?;
            let Some(answer) = gathered.answers.pop() else { return Ok(None) };
            self.pages += 1;
            watch.progressed(self.pages, self.pages + self.todo.len());
            let new = self.feed(&answer);
            if !new.is_empty() {
                return Ok(Some(Page { answer, new }));
            }
        }
    }

    /// What to ask next. Takes up the next place, and closes what is done.
    fn next_args(&mut self) -> Option<Args> {
        while self.reading.is_none() {
            match self.todo.pop()? {
                Task::Read { category, brand } => {
                    self.reading = Some(Place {
                        category,
                        brand,
                        page: 0,
                        read: 0,
                        total: 0,
                        brands: BTreeSet::new(),
                        last: HashSet::new(),
                        members: HashSet::new(),
                    });
                }
                Task::Close => self.close(),
            }
        }
        Some(page_args(&self.args, self.reading.as_ref()?))
    }

    fn close(&mut self) {
        if let Some(Overflow { category, total, members, reason, .. }) = self.open.pop() {
            let got = members.len() as u64;
            if got < total {
                self.gaps.push(Gap { place: category.unwrap_or_default(), expected: Some(total), got, reason });
            }
        }
    }

    fn feed(&mut self, answer: &Answer) -> Vec<usize> {
        let Some(place) = &mut self.reading else { return Vec::new() };
        let (total, more) = page_facts(answer);
        place.total = total;
        place.page += 1;
        let mut new = Vec::new();
        let mut page = HashSet::new();
        for (row, field, text) in answer.tape.keys(&answer.body) {
            if field == Product::brand {
                place.brands.insert(text.into_owned());
            } else if field == Product::sku {
                let sku: Box<str> = text.into();
                for overflow in &mut self.open {
                    overflow.members.insert(sku.clone());
                }
                place.members.insert(sku.clone());
                page.insert(sku.clone());
                if self.seen.insert(sku) {
                    new.push(row);
                }
            }
        }
        place.read += page.len() as u64;
        let repeats = !page.is_empty() && page == place.last;
        let ended = page.is_empty() || repeats || !more;
        place.last = page;
        // A brand that finds as much as the whole leaf is a filter that does not filter.
        let leaf = self.open.last().filter(|leaf| leaf.by_brand && place.brand.is_some());
        if place.page == 1 && leaf.is_some_and(|leaf| leaf.total == total && total > CEILING) {
            self.give_up_brands();
        } else if ended {
            if place.read < place.total {
                let place_name = place.name();
                let reason = if repeats {
                    "the supplier sends the same page again"
                } else {
                    "the supplier sent fewer than it counts"
                };
                self.gaps.push(Gap { place: place_name, expected: Some(place.total), got: place.read, reason });
            }
            self.reading = None;
        } else if place.page * PAGE >= CEILING && place.brand.is_some() {
            let (place_name, expected, got) = (place.name(), Some(place.total), place.read);
            let reason = "one brand alone is above the supplier's ceiling of 10,000 rows";
            self.gaps.push(Gap { place: place_name, expected, got, reason });
            self.reading = None;
        }
        new
    }

    fn give_up_brands(&mut self) {
        self.reading = None;
        while !matches!(self.todo.last(), None | Some(Task::Close)) {
            self.todo.pop();
        }
        if let Some(leaf) = self.open.last_mut() {
            leaf.reason = "a leaf above the supplier's ceiling of 10,000 rows, and its brands do not filter";
        }
    }

    /// A category that is read to the ceiling and has more.
    fn overflowing(&self) -> Option<String> {
        let place = self.reading.as_ref()?;
        (place.brand.is_none() || self.one_brand)
            .then_some(place)
            .filter(|place| place.page * PAGE >= CEILING)
            .map(|place| place.category.clone().unwrap_or_default())
    }

    /// Goes on with the parts of the place that overflows.
    fn descend(&mut self, children: Vec<String>) {
        let Some(place) = self.reading.take() else { return };
        let leaf = children.is_empty();
        let reason = match (leaf, self.one_brand) {
            (false, _) => "its children together hold fewer than it counts",
            (true, false) => "brands that are not among its first 10,000 rows",
            (true, true) => "a leaf above the supplier's ceiling of 10,000 rows",
        };
        self.open.push(Overflow {
            category: place.category.clone(),
            total: place.total,
            members: place.members,
            reason,
            by_brand: leaf,
        });
        self.todo.push(Task::Close);
        if !leaf {
            let reads = self.reads(children);
            self.todo.extend(reads);
        } else if !self.one_brand {
            let brands = place.brands.into_iter().rev();
            self.todo.extend(brands.map(|brand| Task::Read { category: place.category.clone(), brand: Some(brand) }));
        }
    }

    fn reads(&self, categories: Vec<String>) -> Vec<Task> {
        let brand = self.args.row().text(ProductQuery::brands).map(|text| text.into_owned());
        let reads = categories.into_iter().rev();
        reads.map(|category| Task::Read { category: Some(category), brand: brand.clone() }).collect()
    }

    /// Children that were not visited yet: an answer can hold the parent itself, or a leaf's own siblings.
    async fn children<R: Transport + Clock>(
        &mut self,
        client: &Client<R>,
        category: Option<&str>,
        options: &CallOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<String>, Error> {
        let mut asked = b"{".to_vec();
        if let Some(category) = category {
            self.nodes.insert(category.to_owned());
            if category.starts_with(LEAF) {
                return Ok(Vec::new());
            }
            asked.extend_from_slice(b"\"categoryId\":");
            write_text(&mut asked, category);
        }
        asked.push(b'}');
        let found = client.call("categories", asked, options.clone(), Units::Bytes, &AttemptsOnly(watch)).await?;
        let mut children = Vec::new();
        for answer in &found.answers {
            for row in answer.tape.rows(&answer.body, &CATEGORY) {
                let Some(id) = row.text(Category::categoryId) else { continue };
                if self.nodes.insert(id.clone().into_owned()) {
                    children.push(id.into_owned());
                }
            }
        }
        Ok(children)
    }
}

impl Place {
    fn name(&self) -> String {
        match (&self.category, &self.brand) {
            (Some(category), Some(brand)) => format!("{category}, {brand}"),
            (Some(name), None) | (None, Some(name)) => name.clone(),
            (None, None) => String::new(),
        }
    }
}

fn page_args(args: &Args, place: &Place) -> Args {
    let quoted = |text: &str| {
        let mut json = Vec::new();
        write_text(&mut json, text);
        String::from_utf8_lossy(&json).into_owned()
    };
    let mut set = vec![(ProductQuery::pageNumber, place.page.to_string()), (ProductQuery::pageSize, PAGE.to_string())];
    set.extend(place.category.as_deref().map(|category| (ProductQuery::categoryId, quoted(category))));
    set.extend(place.brand.as_deref().map(|brand| (ProductQuery::brands, quoted(brand))));
    args.with(&set)
}

/// How many there are in all, and whether another page follows.
fn page_facts(answer: &Answer) -> (u64, bool) {
    let total = answer.tape.number(&answer.body, ProductPage::totalResults).unwrap_or(0.0);
    (total as u64, answer.tape.flag(ProductPage::hasNextPage))
}
