//! Makes definition files of what other tools have written down: today of OpenAPI documents.
