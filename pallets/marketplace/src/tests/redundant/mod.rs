//! Jobs that several providers do.

mod audits;
mod disputes;
mod drawing;
mod sealing;
mod sequences;
mod withheld;
