# rrm as nixpkgs builds it, from the checkout that holds this file.
{ lib, rustPlatform, installShellFiles }:

rustPlatform.buildRustPackage {
  pname = "rrm";
  version = "0.1.0";

  src = lib.cleanSource ../..;
  cargoLock.lockFile = ../../Cargo.lock;

  # Not the project's own flags, which link libc statically: nixpkgs has no static libc beside its own.
  RUSTFLAGS = "";
  # The tests want file systems, mounts and shells that a build does not have.
  doCheck = false;

  nativeBuildInputs = [ installShellFiles ];
  postInstall = ''
    installManPage man/*.1
    installShellCompletion --cmd rrm \
      --bash src/bin/rrm/complete/rrm.bash \
      --zsh src/bin/rrm/complete/rrm.zsh \
      --fish src/bin/rrm/complete/rrm.fish
  '';

  meta = {
    description = "A safer rm: what you remove goes to a trash, and comes back when you ask";
    homepage = "https://rrm.example/rrm";
    license = with lib.licenses; [ mit asl20 ];
    mainProgram = "rrm";
    platforms = lib.platforms.linux ++ lib.platforms.darwin ++ lib.platforms.freebsd;
  };
}
