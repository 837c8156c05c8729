//! Rows to row groups, and row groups to a file.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use newsmill_core::flat::{FlatColumn, FlatKind};
use newsmill_core::reduce::CellRef;
use newsmill_core::sink::Container;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

/// Bytes of rows, in the internal form, of one row group. Of mentions these are some 120,000 rows, which is what readers
/// such as DuckDB like.
const ROW_GROUP: usize = 16 << 20;

/// A Parquet file in the making.
#[derive(Clone)]
pub struct File {
    kinds: Vec<FlatKind>,
    schema: TypePtr,
    properties: WriterPropertiesPtr,
}

/// One column's values of a chunk. A level is 1 where there is a value, 0 where there is none.
enum Values {
    Text(Vec<ByteArray>),
    Int(Vec<i64>),
    Float(Vec<f32>),
    Bool(Vec<bool>),
}

fn damaged(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}

fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(e) => match e.downcast::<io::Error>() {
            Ok(e) => *e,
            Err(e) => io::Error::other(e),
        },
        e => io::Error::other(e),
    }
}

impl File {
    /// A file with these columns, all of which may have absent values.
    ///
    /// # Errors
    /// Parquet can't have such columns.
    pub fn new(columns: &[FlatColumn]) -> Result<Self, String> {
        let field = |column: &FlatColumn| {
            let (physical, logical) = match column.kind {
                FlatKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                FlatKind::Int => (Physical::INT64, None),
                FlatKind::Float => (Physical::FLOAT, None),
                FlatKind::Bool => (Physical::BOOLEAN, None),
            };
            Type::primitive_type_builder(&column.name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        };
        let fields: Result<Vec<_>, ParquetError> = columns.iter().map(field).collect();
        let schema = fields.and_then(|fields| Type::group_type_builder("rows").with_fields(fields).build());
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_created_by(format!("newsmill {}", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(File {
            kinds: columns.iter().map(|c| c.kind).collect(),
            schema: Arc::new(schema.map_err(|e| e.to_string())?),
            properties: Arc::new(properties),
        })
    }

    fn writer<W: Write + Send>(&self, out: W) -> io::Result<SerializedFileWriter<W>> {
        SerializedFileWriter::new(out, self.schema.clone(), self.properties.clone()).map_err(told)
    }

    /// The values of each column, with their levels.
    fn columns(&self, rows: &Bytes) -> io::Result<Vec<(Values, Vec<i16>)>> {
        let mut columns: Vec<(Values, Vec<i16>)> =
            self.kinds.iter().map(|kind| (Values::of(*kind), Vec::new())).collect();
        let mut rest: &[u8] = rows;
        while !rest.is_empty() {
            for (values, levels) in &mut columns {
                let cell = CellRef::read(&mut rest).ok_or_else(|| damaged("a row is damaged"))?;
                levels.push(i16::from(values.push(cell, rows)?));
            }
        }
        Ok(columns)
    }
}

impl Values {
    fn of(kind: FlatKind) -> Self {
        match kind {
            FlatKind::Text => Values::Text(Vec::new()),
            FlatKind::Int => Values::Int(Vec::new()),
            FlatKind::Float => Values::Float(Vec::new()),
            FlatKind::Bool => Values::Bool(Vec::new()),
        }
    }

    /// Whether the cell has a value. Texts share the memory of `rows`.
    fn push(&mut self, cell: CellRef<'_>, rows: &Bytes) -> io::Result<bool> {
        match (self, cell) {
            (_, CellRef::Absent) => return Ok(false),
            (Values::Text(all), CellRef::Text(s)) => all.push(rows.slice_ref(s.as_bytes()).into()),
            (Values::Text(all), CellRef::Int(n)) => all.push(n.to_string().into_bytes().into()),
            (Values::Int(all), CellRef::Int(n)) => {
                all.push(i64::try_from(n).map_err(|_| damaged("a number is too large for Parquet"))?);
            }
            (Values::Float(all), CellRef::Float(x)) => all.push(x),
            (Values::Bool(all), CellRef::Bool(b)) => all.push(b),
            _ => return Err(damaged("a cell isn't of its column's type")),
        }
        Ok(true)
    }

    fn write<W: Write + Send>(
        &self,
        levels: &[i16],
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        match self {
            Values::Text(all) => write_column::<ByteArrayType, W>(all, levels, group),
            Values::Int(all) => write_column::<Int64Type, W>(all, levels, group),
            Values::Float(all) => write_column::<FloatType, W>(all, levels, group),
            Values::Bool(all) => write_column::<BoolType, W>(all, levels, group),
        }
    }
}

fn write_column<T: DataType, W: Write + Send>(
    values: &[T::T],
    levels: &[i16],
    group: &mut SerializedRowGroupWriter<'_, W>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("more columns than the schema has".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, Some(levels), None)?;
    column.close()
}

impl Container for File {
    fn chunk_bytes(&self) -> usize {
        ROW_GROUP
    }

    fn encode(&self, rows: &[u8]) -> io::Result<Vec<u8>> {
        let rows = Bytes::copy_from_slice(rows);
        let columns = self.columns(&rows)?;
        let mut file = Vec::new();
        let mut writer = self.writer(&mut file)?;
        let mut group = writer.next_row_group().map_err(told)?;
        for (values, levels) in &columns {
            values.write(levels, &mut group).map_err(told)?;
        }
        group.close().map_err(told)?;
        writer.close().map_err(told)?;
        Ok(file)
    }

    fn assemble(
        &self,
        chunks: &mut dyn Iterator<Item = io::Result<Vec<u8>>>,
        out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        let mut writer = self.writer(out)?;
        for chunk in chunks {
            let chunk = Bytes::from(chunk?);
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&chunk).map_err(told)?;
            for group in metadata.row_groups() {
                let mut copy = writer.next_row_group().map_err(told)?;
                for column in group.columns() {
                    let column = ColumnCloseResult {
                        bytes_written: column.compressed_size().unsigned_abs(),
                        rows_written: group.num_rows().unsigned_abs(),
                        metadata: column.clone(),
                        bloom_filter: None,
                        column_index: None,
                        offset_index: None,
                    };
                    copy.append_column(&chunk, column).map_err(told)?;
                }
                copy.close().map_err(told)?;
            }
        }
        writer.close().map_err(told).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    use super::*;

    #[test]
    fn row_groups_of_all_chunks_are_in_the_file() {
        let column = |name: &str, kind| FlatColumn { name: name.into(), kind };
        let file = File::new(&[column("name", FlatKind::Text), column("n", FlatKind::Int)]).unwrap();
        let mut chunks = Vec::new();
        for chunk in 0..3u64 {
            let mut rows = Vec::new();
            for i in 0..1000 {
                let name = format!("name {}", i % 7);
                let cell = if i == 5 { CellRef::Absent } else { CellRef::Text(&name) };
                cell.append_to(&mut rows);
                CellRef::Int(1000 * chunk + i).append_to(&mut rows);
            }
            chunks.push(file.encode(&rows).unwrap());
        }
        assert!(chunks[0].len() < 6000, "names are dictionary-encoded: {}", chunks[0].len());
        let mut whole = Vec::new();
        file.assemble(&mut chunks.into_iter().map(Ok), &mut whole).unwrap();
        let reader = SerializedFileReader::new(Bytes::from(whole)).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 3);
        for (i, row) in reader.get_row_iter(None).unwrap().enumerate() {
            let row = row.unwrap();
            assert_eq!(row.get_long(1).unwrap(), i as i64);
            match i % 1000 {
                5 => assert!(row.get_string(0).is_err()),
                n => assert_eq!(row.get_string(0).unwrap(), &format!("name {}", n % 7)),
            }
        }
        assert_eq!(reader.metadata().file_metadata().num_rows(), 3000);
    }

    #[test]
    fn a_file_without_rows_has_its_columns_and_damage_is_an_error() {
        let file = File::new(&[FlatColumn { name: "n".into(), kind: FlatKind::Int }]).unwrap();
        let mut empty = Vec::new();
        file.assemble(&mut std::iter::empty(), &mut empty).unwrap();
        let reader = SerializedFileReader::new(Bytes::from(empty)).unwrap();
        let metadata = reader.metadata().file_metadata();
        assert_eq!((metadata.num_rows(), metadata.schema_descr().num_columns()), (0, 1));
        for rows in [&[99][..], &[2, 0, 0], &[1, 0, 0, 0, 0]] {
            assert_eq!(file.encode(rows).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }
}
