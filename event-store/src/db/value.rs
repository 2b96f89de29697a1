//! What may be bound to a statement: a closed set, so that an unportable bind does not compile.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Position, timestamp_text};

/// An argument of a statement, portable between the engines. Build a list of them with
/// [`args!`](crate::args).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A `BOOLEAN`.
    Bool(bool),
    /// A `BIGINT`: counts, positions, bytes.
    I64(i64),
    /// A `DOUBLE PRECISION`.
    F64(f64),
    /// A `TEXT`: ids, JSON, names, timestamps. It must not hold U+0000, which PostgreSQL refuses.
    Text(String),
    /// A `BLOB` (SQLite) or `BYTEA` (PostgreSQL).
    Bytes(Vec<u8>),
    /// NULL in a `BOOLEAN`.
    NullBool,
    /// NULL in a `BIGINT`.
    NullI64,
    /// NULL in a `DOUBLE PRECISION`.
    NullF64,
    /// NULL in a `TEXT`.
    NullText,
    /// NULL in a `BLOB` or `BYTEA`.
    NullBytes,
}

/// A type whose absence has a typed NULL; PostgreSQL wants to know which.
pub trait Nullable {
    /// The NULL of this type.
    const NULL: Value;
}

macro_rules! values {
    ($($from:ty => $null:ident, |$it:ident| $value:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $value
            }
        }
        impl Nullable for $from {
            const NULL: Value = Value::$null;
        }
    )*};
}

values! {
    bool => NullBool, |it| Value::Bool(it);
    i64 => NullI64, |it| Value::I64(it);
    i32 => NullI64, |it| Value::I64(it.into());
    u32 => NullI64, |it| Value::I64(it.into());
    f64 => NullF64, |it| Value::F64(it);
    String => NullText, |it| Value::Text(it);
    &String => NullText, |it| Value::Text(it.clone());
    &str => NullText, |it| Value::Text(it.to_owned());
    Vec<u8> => NullBytes, |it| Value::Bytes(it);
    &[u8] => NullBytes, |it| Value::Bytes(it.to_vec());
    Position => NullI64, |it| Value::I64(it.get());
    Uuid => NullText, |it| Value::Text(it.to_string());
    Timestamp => NullText, |it| Value::Text(timestamp_text(it));
}

impl<T: Into<Value> + Nullable> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(T::NULL, Into::into)
    }
}

/// The arguments of a statement: `args![id, limit]` is a `Vec<Value>` for `$1` and `$2`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::Value::from($value)),*]
    };
}
