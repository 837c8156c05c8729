//! Headers: which flat columns a table's columns become.

use newsmill_core::offsets::OffsetUnit;
use newsmill_core::table::{Column, ColumnKind, SpanStyle};

/// Appends the flat column names of one column.
pub(crate) fn names_of(column: &Column, unit: OffsetUnit, names: &mut Vec<String>) {
    let unit = unit.suffix();
    let name = &column.name;
    let ColumnKind::Span(style) = column.kind else {
        names.push(name.to_string());
        return;
    };
    let prefix = if name.is_empty() { String::new() } else { format!("{name}_") };
    if matches!(style, SpanStyle::Full | SpanStyle::Place) {
        names.push(format!("{prefix}field"));
    }
    if style == SpanStyle::Named {
        names.push(name.to_string());
    }
    names.push(format!("{prefix}start_{unit}"));
    names.push(format!("{prefix}end_{unit}"));
    if matches!(style, SpanStyle::Full | SpanStyle::Bare) {
        names.push(format!("{prefix}text"));
    }
}

/// Number of flat columns of one column.
pub(crate) fn width_of(column: &Column) -> usize {
    match column.kind {
        ColumnKind::Span(SpanStyle::Full) => 4,
        ColumnKind::Span(_) => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_has_its_columns() {
        for (name, style, unit, expected) in [
            ("", SpanStyle::Full, OffsetUnit::Char, "field start_char end_char text"),
            ("", SpanStyle::Place, OffsetUnit::Byte, "field start_byte end_byte"),
            ("", SpanStyle::Bare, OffsetUnit::Utf16, "start_utf16 end_utf16 text"),
            ("cue", SpanStyle::Named, OffsetUnit::Char, "cue cue_start_char cue_end_char"),
            ("link", SpanStyle::Full, OffsetUnit::Char, "link_field link_start_char link_end_char link_text"),
        ] {
            let column = Column::span(name, style, "");
            let mut names = Vec::new();
            names_of(&column, unit, &mut names);
            assert_eq!(names.join(" "), expected);
            assert_eq!(names.len(), width_of(&column));
        }
    }
}
