//! Measuring the parts against labelled data: how good is a model, in numbers that a command prints.

pub mod pose_accuracy;
