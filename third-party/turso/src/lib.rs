compile_error!("turso is a placeholder: the `persistence` feature of cubecl must stay off");
