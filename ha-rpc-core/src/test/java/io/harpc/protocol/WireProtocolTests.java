package io.harpc.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page about the wire protocol says what the code does.
 */
class WireProtocolTests {

	private final String page;

	WireProtocolTests() throws IOException {
		this.page = Files.readString(Path.of("../docs/wire-protocol.md"));
	}

	@Test
	void listsEveryTypeOfFrame() {
		List<String> rows = rows("## Types", "\\| (\\d+) \\| ([A-Z]+) \\|", 2);
		assertThat(rows).hasSameSizeAs(FrameType.values());
		for (FrameType type : FrameType.values()) {
			assertThat(rows).contains(type.code() + " " + type);
		}
	}

	@Test
	void listsEveryStatusWithItsOutcome() {
		List<String> rows = rows("## Statuses", "\\| (\\d+) \\| ([A-Z_]+) \\| ([A-Z_]+) \\|", 3);
		assertThat(rows).hasSameSizeAs(Status.values());
		for (Status status : Status.values()) {
			assertThat(rows).contains(status.code() + " " + status + " " + status.outcome());
		}
	}

	@Test
	void namesTheFixedLimits() {
		assertThat(this.page).contains("%,d bytes | fixed".formatted(Hello.MAX_FRAME_SIZE))
			.contains("| headers of a request | %,d bytes".formatted(Headers.MAX_LENGTH))
			.contains("%d bytes of header".formatted(FrameHeader.SIZE));
	}

	@ParameterizedTest
	@ValueSource(strings = { "request", "response-ok", "hello", "proof" })
	void showsGoldenFiles(String name) throws IOException {
		assertThat(this.page).contains("```\n" + GoldenFrame.text(name) + "```");
	}

	private List<String> rows(String section, String row, int groups) {
		int start = this.page.indexOf(section);
		int end = this.page.indexOf("\n## ", start + 1);
		return Pattern.compile(row)
			.matcher(this.page.substring(start, end))
			.results()
			.map((match) -> joined(match, groups))
			.toList();
	}

	private static String joined(MatchResult match, int groups) {
		StringBuilder text = new StringBuilder(match.group(1));
		for (int i = 2; i <= groups; i++) {
			text.append(' ').append(match.group(i));
		}
		return text.toString();
	}

}
