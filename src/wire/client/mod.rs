//! The other end of the wire: a remote judge for the command line and the window.
//!
//! [`RemotePhrase`] sends one phrase as it is filmed and reports typed [`ClientEvent`]s. It waits for every answer from the
//! reference's servers and sends ahead to ours, where a window was granted. Every frame goes to disk before it goes out,
//! so a broken connection costs nothing: the phrase is resumed, or sent again from its [`LocalCopy`]; one in a folder
//! outlives the program. [`submit`] uploads a whole clip.
//!
//! Hides sockets, retries and threads. Must never judge.

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
pub use health_check::greet;
pub use local_copy::{CopyError, LocalCopy};
pub use phrase::{PhraseOffer, RemotePhrase, Retries};
pub use spooled_phrase::SpooledPhrase;
// What a caller packs frames with.
pub use crate::protocol::{DEFAULT_QUALITY, Encoding, pack_raw};
pub use submit::{SubmitError, SubmitRequest, health, submit};
