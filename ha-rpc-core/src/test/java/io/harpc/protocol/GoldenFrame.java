package io.harpc.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Reads frames that were written down by hand, byte by byte, with what each byte means.
 */
final class GoldenFrame {

	static final int LIMIT = 4 * 1024 * 1024;

	private GoldenFrame() {
	}

	/**
	 * Returns the bytes of a golden file.
	 * @param name its name without directory and ending
	 * @return the bytes
	 */
	static byte[] bytes(String name) throws IOException {
		return HexFormat.of().parseHex(text(name).replaceAll("#[^\n]*", "").replaceAll("\\s", ""));
	}

	static String text(String name) throws IOException {
		try (InputStream in = GoldenFrame.class.getResourceAsStream(name + ".hex")) {
			return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	static Frame read(byte[] bytes) throws IOException {
		FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes), LIMIT);
		while (true) {
			Frame frame = reader.next();
			if (frame != null) {
				return frame;
			}
			reader.fill();
		}
	}

}
