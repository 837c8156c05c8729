//! Benches as one HTML page: speeds and the time of each step, drawn, and the facts that make them comparable.
//!
//! The page needs nothing beside it: no scripts, no fonts, plots as inline SVG.

use std::fmt::Write as _;

use super::{Measured, Measurement};
use crate::ui::{grouped, size};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\
 h2{margin-top:2.5rem}table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:right}\
 td:first-child,th:first-child{text-align:left}svg{max-width:100%;font:13px system-ui,sans-serif}\
 th{border-bottom:1px solid #999}.note{color:#666}";
/// Distinguishable for the colour-blind, too (Okabe and Ito's palette).
const COLOURS: [&str; 8] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"];
const LABEL: f64 = 230.0;
const PLOT: f64 = 560.0;
const ROW: f64 = 26.0;

/// The page of these runs, each with its label, oldest first.
pub(super) fn html(runs: &[(String, Measured)]) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = write!(
        out,
        "<title>newsmill bench</title><style>{STYLE}</style></head><body><h1>newsmill bench</h1>"
    );
    out.push_str("<p class=\"note\">MB are 1,000,000 bytes of text (titles and bodies in UTF-8). Medians of several runs, files in and files out.</p>");
    if runs.iter().any(|(_, m)| {
        m.corpus.hash != runs[0].1.corpus.hash || m.corpus.text_bytes != runs[0].1.corpus.text_bytes
    }) {
        out.push_str("<p><strong>These runs read different corpora:</strong> compare with care.</p>");
    }
    out.push_str("<h2>Speed, by CPU time</h2>");
    out.push_str(&speeds(runs));
    out.push_str("<h2>Where the time goes: nanoseconds a byte of text</h2>");
    out.push_str(&steps(runs));
    out.push_str("<h2>The runs</h2>");
    out.push_str(&facts(runs));
    out.push_str("</body></html>\n");
    out
}

/// A row of each run and number of workers.
fn rows(runs: &[(String, Measured)]) -> impl Iterator<Item = (String, &Measurement)> {
    runs.iter().flat_map(|(label, measured)| {
        measured.results.iter().map(move |r| {
            let plural = if r.workers == 1 { "worker" } else { "workers" };
            (format!("{label}, {} {plural}", r.workers), r)
        })
    })
}

fn speeds(runs: &[(String, Measured)]) -> String {
    let speed = |r: &Measurement| r.mb_per_cpu_second.unwrap_or(r.mb_per_second);
    let top = rows(runs).map(|(_, r)| speed(r)).fold(f64::MIN_POSITIVE, f64::max);
    let mut plot = Plot::new();
    for (label, result) in rows(runs) {
        plot.label(&label);
        let length = PLOT * speed(result) / top;
        plot.bar(0.0, length, COLOURS[0], "");
        plot.text(length, &format!("{:.1} MB/s", speed(result)));
        plot.next();
    }
    plot.close()
}

fn steps(runs: &[(String, Measured)]) -> String {
    let total = |r: &Measurement| r.steps.iter().map(|s| s.ns_per_byte).sum::<f64>();
    let top = rows(runs).map(|(_, r)| total(r)).fold(f64::MIN_POSITIVE, f64::max);
    let mut names: Vec<&str> = Vec::new();
    for step in rows(runs).flat_map(|(_, r)| &r.steps) {
        if !names.contains(&step.name.as_str()) {
            names.push(&step.name);
        }
    }
    let mut plot = Plot::new();
    for (label, result) in rows(runs) {
        plot.label(&label);
        let mut from = 0.0;
        for step in &result.steps {
            let length = PLOT * step.ns_per_byte / top;
            let title =
                format!("{}: {:.2} ns/byte, {:.0} %", step.name, step.ns_per_byte, 100.0 * step.share);
            plot.bar(from, length, colour(&names, &step.name), &title);
            from += length;
        }
        plot.text(from, &format!("{:.1}", total(result)));
        plot.next();
    }
    let mut out = plot.close();
    out.push_str("<p>");
    for name in &names {
        let _ =
            write!(out, "<span style=\"color:{}\">■</span> {} &nbsp; ", colour(&names, name), escaped(name));
    }
    out.push_str("</p>");
    out
}

fn colour(names: &[&str], name: &str) -> &'static str {
    COLOURS[names.iter().position(|n| *n == name).unwrap_or(0) % COLOURS.len()]
}

fn facts(runs: &[(String, Measured)]) -> String {
    let mut out = String::from(
        "<table><tr><th>run</th><th>workers</th><th>MB/s</th><th>articles/s</th><th>seconds</th><th>peak memory</th>\
         <th>mentions</th><th>quotes</th></tr>",
    );
    for (label, measured) in runs {
        for r in &measured.results {
            let peak = r.peak_resident_bytes.map_or("?".to_owned(), |b| size(b as f64));
            let (label, articles) = (escaped(label), grouped(r.articles_per_second as u64));
            let (mentions, quotes) = (grouped(r.mentions), grouped(r.quotes));
            let _ = write!(
                out,
                "<tr><td>{label}</td><td>{}</td><td>{:.1}</td><td>{articles}</td><td>{:.2}</td><td>{peak}</td>\
                 <td>{mentions}</td><td>{quotes}</td></tr>",
                r.workers, r.mb_per_second, r.median_seconds,
            );
        }
    }
    out.push_str("</table><ul>");
    for (label, measured) in runs {
        let _ = write!(out, "<li>{}: {}</li>", escaped(label), escaped(&provenance(measured)));
    }
    out.push_str("</ul>");
    out
}

/// What a reader has to know to compare a run with another.
fn provenance(measured: &Measured) -> String {
    let Measured { machine, corpus, .. } = measured;
    let mut out = format!("newsmill {}", measured.newsmill);
    if !measured.optimised {
        out.push_str(" (NOT optimised)");
    }
    let cpu = machine.cpu.as_deref().unwrap_or(&machine.system);
    let _ = write!(out, " on {cpu}, {} cores", machine.cores);
    if let Some(load) = machine.load {
        let _ = write!(out, ", load {load:.1}");
    }
    let _ =
        write!(out, "; {}; {} corpus, {} articles", measured.config, corpus.what, grouped(corpus.articles));
    if let Some(hash) = &corpus.hash {
        let _ = write!(out, ", hash {hash}");
    }
    let _ = write!(out, "; start-up {:.0} ms", 1e3 * measured.startup_seconds);
    out
}

/// Rows of bars with their labels.
struct Plot {
    body: String,
    top: f64,
}

impl Plot {
    fn new() -> Plot {
        Plot { body: String::new(), top: 0.0 }
    }

    fn label(&mut self, text: &str) {
        let (x, y) = (LABEL - 8.0, self.top + 0.65 * ROW);
        let _ = write!(self.body, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{}</text>", escaped(text));
    }

    fn bar(&mut self, from: f64, length: f64, colour: &str, title: &str) {
        let (x, y, height) = (LABEL + from, self.top + 3.0, ROW - 6.0);
        let _ = write!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{length:.1}\" height=\"{height}\" fill=\"{colour}\"><title>{}</title></rect>",
            escaped(title)
        );
    }

    fn text(&mut self, after: f64, text: &str) {
        let (x, y) = (LABEL + after + 6.0, self.top + 0.65 * ROW);
        let _ = write!(self.body, "<text x=\"{x:.1}\" y=\"{y}\">{}</text>", escaped(text));
    }

    fn next(&mut self) {
        self.top += ROW;
    }

    fn close(self) -> String {
        let (width, height) = (LABEL + PLOT + 90.0, self.top);
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">{}</svg>",
            self.body
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
