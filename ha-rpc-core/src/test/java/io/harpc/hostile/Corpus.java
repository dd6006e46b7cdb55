package io.harpc.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The inputs that are kept: {@code corpus} in the resources has a directory for each
 * {@link FuzzTarget}, in it valid inputs to begin from and any that once broke something.
 */
final class Corpus {

	private Corpus() {
	}

	static List<byte[]> of(FuzzTarget target) {
		List<byte[]> inputs = new ArrayList<>();
		try (Stream<Path> files = Files.list(directory().resolve(target.name()))) {
			for (Path file : files.sorted().toList()) {
				inputs.add(Files.readAllBytes(file));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return inputs;
	}

	/** For a fuzzer: which target it is for, in the first byte, then the input. */
	static Stream<byte[]> seeds() {
		return Stream.of(FuzzTarget.values()).flatMap((target) -> of(target).stream().map((input) -> {
			byte[] seed = new byte[input.length + 1];
			seed[0] = (byte) target.ordinal();
			System.arraycopy(input, 0, seed, 1, input.length);
			return seed;
		}));
	}

	private static Path directory() {
		try {
			URI uri = Objects.requireNonNull(Corpus.class.getResource("corpus"), "corpus").toURI();
			return Path.of(uri);
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
