//! Any bytes into any reader: no panic, no flood of events, a trigger that survives.
#![no_main]

#[path = "../entry.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::any_bytes(data));
