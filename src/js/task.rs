//! One call of JavaScript's, as a future that JavaScript polls: so a panic is caught where it happens, and a call is never
//! run in the context of another's request.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use js_sys::Function;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;

type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// A call under way. Freeing it gives the call up.
#[wasm_bindgen]
pub struct Task {
    work: RefCell<Work>,
}

struct JsWaker(SendWrapper<Function>);

impl Wake for JsWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // The function only schedules a microtask; it cannot throw.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

impl Task {
    pub(super) fn new(work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Task {
        Task { work: RefCell::new(Box::pin(work)) }
    }

    /// What comes of it, where nothing has to be waited for; else the task, for JavaScript to poll at once: only then does
    /// anybody wake it.
    #[cfg(feature = "edge")]
    pub(super) fn ended(self) -> Result<Result<JsValue, JsValue>, Task> {
        let polled = self.work.borrow_mut().as_mut().poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => Err(self),
        }
    }
}

#[wasm_bindgen]
impl Task {
    /// `undefined` while there is nothing; else calls `resolve` or `reject` and answers `true`. `wake` is called when it
    /// is worth polling again.
    pub fn poll(&self, wake: &Function, resolve: &Function, reject: &Function) -> Option<bool> {
        let waker = Waker::from(Arc::new(JsWaker(SendWrapper::new(wake.clone()))));
        let settled = match self.work.borrow_mut().as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => return None,
            Poll::Ready(Ok(value)) => resolve.call1(&JsValue::UNDEFINED, &value),
            Poll::Ready(Err(error)) => reject.call1(&JsValue::UNDEFINED, &error),
        };
        // A promise's own functions do not throw.
        drop(settled);
        Some(true)
    }
}
