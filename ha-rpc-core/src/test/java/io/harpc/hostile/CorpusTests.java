package io.harpc.hostile;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Reads all that is kept, and what comes of changing some of its bytes: what can be had
 * of fuzzing without its tools, on every platform and in a second.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class CorpusTests {

	private static final int CHANGES = 300;

	@ParameterizedTest
	@EnumSource
	void everyInputIsReadOrRefusedAsDocumented(FuzzTarget target) throws IOException {
		assertThat(Corpus.of(target)).isNotEmpty();
		for (byte[] input : Corpus.of(target)) {
			target.check(input);
		}
	}

	@ParameterizedTest
	@EnumSource
	void soIsEveryInputWithSomeBytesChanged(FuzzTarget target) {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (byte[] input : Corpus.of(target)) {
			for (int i = 0; i < CHANGES; i++) {
				byte[] changed = changed(input, random);
				assertThatCode(() -> target.check(changed)).as("seed %s, change %s of %s bytes", seed, i, input.length)
					.doesNotThrowAnyException();
			}
		}
	}

	private static byte[] changed(byte[] input, Random random) {
		byte[] changed = Arrays.copyOf(input, 1 + random.nextInt(input.length + 8));
		for (int i = random.nextInt(4); i >= 0; i--) {
			changed[random.nextInt(changed.length)] = (byte) (random.nextBoolean() ? random.nextInt(256)
					: "\"{}[],:0-e\\".charAt(random.nextInt(11)));
		}
		return changed;
	}

}
