//! Reactions: what turns an event into an effect on the world, with retry and delay.
