//! What changed in a resource since a snapshot, in the module `clients`.

use stocklane::clients::{Changes, Snapshot};
use stocklane::operation::{Error, ErrorKind};
use stocklane::wire::Decimal;
use wasm_bindgen::prelude::*;

use super::clients::{Client, call_options, watch};
use super::host::Options;
use super::storefront::{text, to_json};
use super::task::Task;

#[wasm_bindgen]
impl Client {
    /// What changed in a resource since a snapshot, as JSON.
    pub fn sync(&self, resource: String, query: String, since: Option<String>, options: &Options) -> Task {
        let (client, host, watch) = (self.client.clone(), self.host.clone(), watch(options));
        let options = call_options(options);
        Task::new(async move {
            let since = match since.map(|since| serde_json::from_str::<Snapshot>(&since)).transpose() {
                Ok(since) => since,
                Err(_) => {
                    let error = Error::new(ErrorKind::Validation, "sync: this is no snapshot");
                    return Err(host.reject(error.hint("Give back the snapshot that sync gave, unchanged.")));
                }
            };
            let changes = client.sync(&resource, query.into_bytes(), since, options, &watch).await;
            text(&host, changes.and_then(changed))
        })
    }
}

fn changed(changes: Changes) -> Result<String, Error> {
    let Changes { snapshot, added, changed, removed } = changes;
    let (snapshot, added, changed) = (to_json(&snapshot)?, added.join(","), changed.join(","));
    let removed: Result<Vec<String>, Error> = removed
        .into_iter()
        .map(|number| if Decimal::parse(&number).is_some() { Ok(number) } else { to_json(&number) })
        .collect();
    let removed = removed?.join(",");
    Ok(format!(r#"{{"snapshot":{snapshot},"added":[{added}],"changed":[{changed}],"removed":[{removed}]}}"#))
}
