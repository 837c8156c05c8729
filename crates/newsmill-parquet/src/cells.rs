//! Cells as JSON.

use newsmill_input::date;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::{Map, Value};

/// What the record interface doesn't tell of a column: its whole numbers are times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// In a second.
    per_second: i64,
    utc: bool,
}

impl Times {
    pub(crate) fn of(column: &Type) -> Option<Times> {
        match column.get_basic_info().logical_type_ref() {
            Some(LogicalType::Timestamp(time)) => {
                let per_second = match time.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                };
                Some(Times { per_second, utc: time.is_adjusted_to_u_t_c })
            }
            _ => None,
        }
    }

    fn iso(self, value: i64) -> Value {
        let mut text = date::iso_of_epoch(value.div_euclid(self.per_second));
        if !self.utc {
            text.truncate(text.trim_end_matches('Z').len());
        }
        Value::String(text)
    }
}

/// A row as an object; `times` says which of its columns are times.
pub(crate) fn object(row: Row, times: &[Option<Times>]) -> Value {
    let columns = row.into_columns().into_iter().zip(times.iter().copied().chain(std::iter::repeat(None)));
    Value::Object(columns.map(|((name, field), times)| (name, value(field, times))).collect())
}

fn value(field: Field, times: Option<Times>) -> Value {
    let utc = |per_second| Times { per_second, utc: times.is_none_or(|t| t.utc) };
    match (field, times) {
        (Field::Long(n), Some(times)) => times.iso(n),
        (Field::TimestampMillis(n), _) => utc(1_000).iso(n),
        (Field::TimestampMicros(n), _) => utc(1_000_000).iso(n),
        (Field::Date(days), _) => {
            let mut text = date::iso_of_epoch(i64::from(days) * 86_400);
            text.truncate(10);
            Value::String(text)
        }
        (Field::Str(text), _) => Value::String(text),
        // Columns of bytes are text for programs that don't annotate it.
        (Field::Bytes(bytes), _) => {
            String::from_utf8(bytes.data().to_vec()).map_or(Value::Null, Value::String)
        }
        (Field::Group(row), _) => object(row, &[]),
        (Field::ListInternal(list), _) => {
            Value::Array(list.elements().iter().map(|f| value(f.clone(), None)).collect())
        }
        (Field::MapInternal(map), _) => {
            let pairs = map.entries().iter();
            let pairs: Map<String, Value> =
                pairs.map(|(key, item)| (plain(key.clone()), value(item.clone(), None))).collect();
            Value::Object(pairs)
        }
        (other, _) => number(&other),
    }
}

fn number(field: &Field) -> Value {
    match field {
        Field::Bool(b) => Value::Bool(*b),
        Field::Byte(n) => (*n).into(),
        Field::Short(n) => (*n).into(),
        Field::Int(n) => (*n).into(),
        Field::Long(n) => (*n).into(),
        Field::UByte(n) => (*n).into(),
        Field::UShort(n) => (*n).into(),
        Field::UInt(n) => (*n).into(),
        Field::ULong(n) => (*n).into(),
        Field::Float16(x) => f64::from(*x).into(),
        Field::Float(x) => f64::from(*x).into(),
        Field::Double(x) => (*x).into(),
        Field::Null => Value::Null,
        // Decimals and times of day, as the crate shows them.
        other => Value::String(other.to_string()),
    }
}

/// A key of a map.
fn plain(field: Field) -> String {
    match value(field, None) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
