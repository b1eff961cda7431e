//! Client of a remote judge, for the command line and the window.
//!
//! [`RemotePhrase`] streams one phrase as it is filmed and reports typed [`ClientEvent`]s. It waits for every answer of the
//! reference's servers and sends ahead to ours, where a window was granted. Every frame is written to disk before it is sent,
//! so a broken connection loses nothing: the phrase is resumed, or sent again from its [`LocalCopy`]; one in a folder survives
//! the process. [`submit`] uploads a whole clip.
//!
//! Hides sockets, retries and threads. Does not judge.

mod address;
mod authority;
mod connection;
mod event;
mod health_check;
mod local_copy;
mod phrase;
mod spool;
mod spooled_phrase;
mod stream_loop;
mod submit;

pub use address::{AddressError, ServerAddress};
pub use authority::{Authority, AuthorityError};
pub use event::{ClientError, ClientEvent};
pub use health_check::check_health;
pub use local_copy::{CopyError, LocalCopy};
pub use phrase::{PhraseOffer, RemotePhrase, Retries};
pub use spooled_phrase::SpooledPhrase;
// Codings of the caller's frames.
pub use crate::protocol::{DEFAULT_QUALITY, Encoding, pack_raw};
pub use submit::{SubmitError, SubmitRequest, health, submit};
