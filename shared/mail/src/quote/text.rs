//! Plain text to lines.

use super::attribution;
use super::line::Line;

/// The lines of `text`, with a line cut in two where an answer and the "On … wrote:" below it share one.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        lines.push(Line::plain(line.trim_end_matches(['\n', '\r']), start));
        start += line.len();
    }
    if let Some((index, at)) = shared(&lines) {
        let Line { text: whole, start, .. } = lines[index].clone();
        let (answer, attribution) = (&text[start..start + at], &text[start + at..start + whole.len()]);
        lines[index] = Line::plain(answer, start);
        lines.insert(index + 1, Line::plain(attribution, start + at));
    }
    lines
}

/// The first line that has words before an attribution, and where in it the attribution begins.
fn shared(lines: &[Line<'_>]) -> Option<(usize, usize)> {
    let mut candidates = lines.iter().enumerate().filter(|(_, line)| !line.is_quoted()).filter_map(|(index, line)| {
        let at = line.text.rfind("On ")?;
        let before = line.text[..at].trim_end();
        let joined = before.len() == at && !before.ends_with('-');
        let words = before.trim_end_matches('-');
        (!words.trim().is_empty() && !joined).then_some((index, words.len()))
    });
    candidates.by_ref().take(attribution::LINES_TRIED).find(|(index, at)| attribution::shares_line(&lines[*index..], *at))
}
