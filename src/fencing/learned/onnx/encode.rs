//! Protobuf's wire format, as far as an ONNX file needs it.

/// A message under construction.
#[derive(Clone, Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A whole number.
    pub(super) fn number(&mut self, field: u64, value: i64) -> &mut Self {
        self.varint(field << 3);
        self.varint(value as u64);
        self
    }

    /// Text.
    pub(super) fn text(&mut self, field: u64, value: &str) -> &mut Self {
        self.list(field, value.as_bytes())
    }

    /// Another message.
    pub(super) fn message(&mut self, field: u64, value: &Self) -> &mut Self {
        self.list(field, &value.0)
    }

    /// Anything with a length.
    pub(super) fn list(&mut self, field: u64, value: &[u8]) -> &mut Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// What was written.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.0
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
