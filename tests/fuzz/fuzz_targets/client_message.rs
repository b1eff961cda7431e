//! See `client_message` in `wire.rs`.
#![no_main]
#![allow(dead_code, reason = "each target calls one of the functions")]

#[path = "../wire.rs"]
mod wire;

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::client_message(data));
