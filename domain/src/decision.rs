//! The shape every rule has.

/// A rule as a value: it carries its time and its ids, and decides what happens, purely.
///
/// `Ok(vec![])` says "nothing to do" (a repeat, say); `Err` says no, in words a person can read.
/// `decide` takes `&self`, so a decision may be tried again after a concurrent append.
pub trait Decision: Send + Sync {
    /// The aggregate it decides about.
    type Aggregate: cqrs_es::Aggregate;

    /// What happens to `state`, if anything.
    fn decide(
        &self,
        state: &Self::Aggregate,
    ) -> Result<
        Vec<<Self::Aggregate as cqrs_es::Aggregate>::Event>,
        <Self::Aggregate as cqrs_es::Aggregate>::Error,
    >;
}

/// Makes a type an aggregate of cqrs-es whose command is any [`Decision`] about it, so that there
/// is no enum of commands and no central match.
#[macro_export]
macro_rules! aggregate_of_decisions {
    ($state:ty, $event:ty, $refusal:ty, $type:literal) => {
        impl $crate::cqrs_es::Aggregate for $state {
            const TYPE: &'static str = $type;
            type Command = Box<dyn $crate::Decision<Aggregate = Self>>;
            type Event = $event;
            type Error = $refusal;
            type Services = ();

            async fn handle(
                &mut self,
                decision: Self::Command,
                (): &(),
                sink: &$crate::cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), $refusal> {
                for event in decision.decide(self)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: $event) {
                <$state>::apply(self, event);
            }
        }
    };
}
