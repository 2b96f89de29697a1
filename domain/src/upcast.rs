//! Old versions of events in today's shape.

use cqrs_es::persist::EventUpcaster;

/// Every upcaster, oldest version first.
pub fn upcasters() -> Vec<Box<dyn EventUpcaster>> {
    vec![]
}
