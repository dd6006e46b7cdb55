package io.harpc.protocol;

import java.io.IOException;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The hello, and what must stay possible for later versions of it.
 */
class HelloTests {

	private final FrameBuffer buffer = new FrameBuffer();

	@Test
	void skipsFieldsThatItDoesNotKnow() throws IOException {
		this.buffer.begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE);
		this.buffer.write(new byte[] { 99, 0, 3, 1, 2, 3 });
		Hello hello = new Hello(1, 1, 0, 5_000, "", "somebody");
		hello.writeTo(this.buffer);
		this.buffer.write(new byte[] { (byte) 200, 0, 0 });
		assertThat(Hello.read(sent())).isEqualTo(hello);
	}

	@ParameterizedTest
	@CsvSource({ "1, 1, true", "1, 7, true", "2, 3, false", "0, 0, false" })
	void isCompatibleWithWhoSpeaksVersionOneToo(int min, int max, boolean compatible) throws IOException {
		Hello hello = new Hello(min, max, 0, 5_000, "", "");
		assertThat(hello.isCompatible()).isEqualTo(compatible);
		if (max > 0) {
			assertThat(written(hello).isCompatible()).isEqualTo(compatible);
		}
	}

	@Test
	void carriesTheCapabilitiesOfLaterVersions() throws IOException {
		Hello later = new Hello(1, 255, -1L, Integer.MAX_VALUE, "smile", "CN=orders");
		assertThat(written(later)).isEqualTo(later);
	}

	@ParameterizedTest
	@CsvSource({ "'', hello without protocol versions", "'1', hello ends within a field",
			"'1 0 3 1 1 1', hello field 1 of 3 bytes (expected: 2)",
			"'1 0 9 1 1', hello field 1 of 9 bytes (expected: at most 2)",
			"'1 0 2 1 1 3 0 4 0 0 0 1', max-frame-size 1 (expected: at least 4096)",
			"'1 0 2 1 1 3 0 4 -1 -1 -1 -1', max-frame-size 4294967295 (expected: at least 4096)" })
	void refusesWhatIsNotWellFormed(String bytes, String message) throws IOException {
		this.buffer.begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE);
		for (String number : bytes.isEmpty() ? new String[0] : bytes.split(" ")) {
			this.buffer.write(Integer.parseInt(number));
		}
		Frame frame = sent();
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Hello.read(frame)).withMessage(message);
	}

	private Hello written(Hello hello) throws IOException {
		hello.writeTo(this.buffer.begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE));
		return Hello.read(sent());
	}

	private Frame sent() throws IOException {
		return GoldenFrame.read(Arrays.copyOf(this.buffer.array(), this.buffer.finish()));
	}

}
