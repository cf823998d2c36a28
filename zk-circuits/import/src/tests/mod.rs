mod integers;
mod onnx;
mod reading;
mod refusals;
mod roundings;
