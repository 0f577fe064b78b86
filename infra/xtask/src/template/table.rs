//! The table's attributes and indexes, as the store declares them.

use lambdesk_store::table::{INDEXES, Index};

/// `AttributeDefinitions`, `KeySchema` and `GlobalSecondaryIndexes`.
pub(super) fn schema() -> String {
    let mut attributes: Vec<_> = INDEXES.iter().flat_map(|index| [index.partition, index.sort]).chain(["pk", "sk"]).collect();
    attributes.sort_unstable();
    attributes.dedup();
    let attributes = attributes.iter().map(|name| format!("        - {{ AttributeName: {name}, AttributeType: S }}"));
    let mut lines = vec!["      AttributeDefinitions:".to_owned()];
    lines.extend(attributes);
    lines.push("      KeySchema:".to_owned());
    lines.extend(key_schema("pk", "sk", "        "));
    lines.push("      GlobalSecondaryIndexes:".to_owned());
    lines.extend(INDEXES.iter().flat_map(index));
    lines.join("\n")
}

fn index(index: &Index) -> Vec<String> {
    let mut lines = vec![format!("        - IndexName: {}", index.name)];
    let projection = if index.whole { "ALL" } else { "KEYS_ONLY" };
    lines.push(format!("          Projection: {{ ProjectionType: {projection} }}"));
    lines.push("          KeySchema:".to_owned());
    lines.extend(key_schema(index.partition, index.sort, "            "));
    lines
}

fn key_schema(partition: &str, sort: &str, indent: &str) -> [String; 2] {
    [
        format!("{indent}- {{ AttributeName: {partition}, KeyType: HASH }}"),
        format!("{indent}- {{ AttributeName: {sort}, KeyType: RANGE }}"),
    ]
}
