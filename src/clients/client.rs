//! A client of one system, over any transport.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use crate::engine::{Account, Call, CallOptions, Gathered, Intents, Outgoing, Settings, outgoing};
use crate::intercars::{LANGUAGES, PRODUCTS};
use crate::operation::{Args, BadArgs, Error, ErrorKind, Names, Operation};
use crate::wire::Units;

use super::drive::drive;
use super::pages::Pages;
use super::{Clock, Transport, Watch};

/// The operations that a client knows.
pub type Table = &'static [&'static Operation];

/// A customer's calls. Its quota and its token are shared by all calls of this value, and by nobody else.
pub struct Client<R> {
    table: Table,
    runtime: Rc<R>,
    account: RefCell<Account>,
    pub(super) intents: RefCell<Intents>,
}

impl<R: Transport + Clock> Client<R> {
    /// A client that has not called yet.
    pub fn new(table: Table, runtime: Rc<R>, settings: Settings) -> Client<R> {
        Client { table, runtime, account: RefCell::new(Account::new(settings)), intents: RefCell::default() }
    }

    /// Numbers flights from here on, so that they are not taken for another client's of the same runtime.
    pub fn numbered_from(self, first: u64) -> Client<R> {
        Client { account: RefCell::new(self.account.into_inner().numbered_from(first)), ..self }
    }

    /// Calls an operation by its name, with its arguments in JSON.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`].
    pub async fn call(
        &self,
        operation: &str,
        args: Vec<u8>,
        options: CallOptions,
        units: Units,
        watch: &dyn Watch,
    ) -> Result<Gathered, Error> {
        self.called(check(self.table, operation, args)?, options, units, watch).await
    }

    /// Calls an operation with arguments that were checked before.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`].
    pub fn called<'a>(
        &'a self,
        args: Args,
        mut options: CallOptions,
        units: Units,
        watch: &'a dyn Watch,
    ) -> Pin<Box<dyn Future<Output = Result<Gathered, Error>> + 'a>> {
        let spoken = language(options.language.as_deref().or(Some(&self.account.borrow().settings.language)));
        match spoken.and_then(|()| watch.admits(args.operation().name)) {
            Ok(repeats) => options.max_retries = options.max_retries.or(repeats),
            Err(error) => return Box::pin(std::future::ready(Err(error))),
        }
        if args.operation().safe {
            return self.driven(args, options, units, watch);
        }
        Box::pin(self.written(args, options, units, watch))
    }

    /// Boxed: the one future that all ways of calling share, rather than a copy of its code in each.
    pub(super) fn driven<'a>(
        &'a self,
        args: Args,
        options: CallOptions,
        units: Units,
        watch: &'a dyn Watch,
    ) -> Pin<Box<dyn Future<Output = Result<Gathered, Error>> + 'a>> {
        let call = Call::new(args, options, units, self.runtime.now());
        Box::pin(drive(&*self.runtime, &self.account, call, watch))
    }

    /// Everything that an operation finds, page by page.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`].
    pub fn pages(&self, operation: &str, args: Vec<u8>) -> Result<Pages, Error> {
        if operation == "allProducts" {
            // It may be asked for without a category, which one page of products may not.
            return Args::read(&PRODUCTS, args).map(Pages::catalog).map_err(|bad| refused(operation, &bad));
        }
        let args = check(self.table, operation, args)?;
        Pages::of(args).ok_or_else(|| Error::new(ErrorKind::Validation, format!("{operation} has no pages")))
    }

    /// What all calls share: quota, token, settings.
    pub fn account(&self) -> &RefCell<Account> {
        &self.account
    }

    /// Transport and clock.
    pub fn runtime(&self) -> &Rc<R> {
        &self.runtime
    }
}

fn language(language: Option<&str>) -> Result<(), Error> {
    match language {
        Some(language) if !LANGUAGES.contains(&language) => {
            Err(Error::new(ErrorKind::Validation, "the language is none of the supplier's")
                .hint("Give one bare code of two letters: bg bs cs de el en et hu hr lt lv pl ro sk sl sr uk."))
        }
        _ => Ok(()),
    }
}

/// Arguments of an operation, checked.
fn check(table: Table, operation: &str, args: Vec<u8>) -> Result<Args, Error> {
    let Some(operation) = Operation::named(table, operation) else {
        return Err(Error::new(ErrorKind::Validation, format!("no operation is named {operation}")));
    };
    Args::check(operation, args).map_err(|bad| refused(operation.name, &bad))
}

fn refused(operation: &str, bad: &BadArgs) -> Error {
    Error::new(ErrorKind::Validation, format!("{operation}: {bad}")).hint("Nothing was sent: correct the arguments.")
}

/// What would be sent for an operation, secrets left out: for a transport of one's own.
///
/// # Errors
/// [`ErrorKind::Validation`].
pub fn requests(
    table: Table,
    operation: &str,
    args: Vec<u8>,
    base_url: &str,
    language: &str,
) -> Result<Vec<Outgoing>, Error> {
    self::language(Some(language))?;
    let args = check(table, operation, args)?;
    let base_url = base_url.trim_end_matches('/');
    let windows = args.windows();
    let built = windows
        .iter()
        .flat_map(|args| args.parts().into_iter().map(move |keys| (args, keys)))
        .map(|(args, keys)| outgoing(args, keys, base_url, language, &Names::default()));
    Ok(built.collect())
}
