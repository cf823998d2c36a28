;; A counter: adds the first four bytes of its input to a stored number and returns the sum.
(module
  (import "seal0" "input" (func $input (param i32 i32)))
  (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
  (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
  (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
  (import "env" "memory" (memory 1 1))

  ;; 0: key (4 bytes)   8: stored number   16: its length   24: input   32: length of the input
  (data (i32.const 0) "sum\00")
  (data (i32.const 16) "\04\00\00\00")
  (data (i32.const 32) "\04\00\00\00")

  (func (export "deploy"))

  (func (export "call")
    (call $input (i32.const 24) (i32.const 32))
    ;; Leaves the number at 0 when nothing is stored yet.
    (drop (call $get (i32.const 0) (i32.const 4) (i32.const 8) (i32.const 16)))
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 24))))
    (drop (call $set (i32.const 0) (i32.const 4) (i32.const 8) (i32.const 4)))
    (call $return (i32.const 0) (i32.const 8) (i32.const 4))))
