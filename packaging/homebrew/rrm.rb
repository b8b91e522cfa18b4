# For a release: brew bump-formula-pr, or the URL and its checksum by hand.
class Rrm < Formula
  desc "Safer rm: what you remove goes to a trash, and comes back when you ask"
  homepage "https://rrm.example/rrm"
  url "https://rrm.example/rrm/archive/v0.1.0.tar.gz"
  # Of no file: an installation stops until it is that of the release.
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    # Not the project's own flags: Homebrew has a libc of its own on Linux.
    ENV["RUSTFLAGS"] = ""
    system "cargo", "install", *std_cargo_args
    man1.install Dir["man/*.1"]
    bash_completion.install "src/bin/rrm/complete/rrm.bash" => "rrm"
    zsh_completion.install "src/bin/rrm/complete/rrm.zsh" => "_rrm"
    fish_completion.install "src/bin/rrm/complete/rrm.fish"
  end

  test do
    ENV["RRM_TRASH_DIR"] = testpath/"trash"
    (testpath/"file").write "content"
    system bin/"rrm", "rm", "file"
    refute_path_exists testpath/"file"
    system bin/"rrm", "undo"
    assert_equal "content", (testpath/"file").read
  end
end
