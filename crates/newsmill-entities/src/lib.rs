//! Who is meant: unknown names, coreference and disambiguation of mentions.
