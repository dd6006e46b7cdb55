package io.harpc.benchmarks.sidebyside;

import java.time.Duration;

import io.harpc.benchmarks.subject.SubjectEntry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class OptionsTests {

	@Test
	void measuresEverythingByDefault() {
		Options options = Options.of();
		assertThat(options.subjects()).containsExactly(SubjectEntry.values());
		assertThat(options.rounds()).isEqualTo(5);
		assertThat(options.cells()).extracting(Object::toString)
			.contains("existUser by 1", "listUser by 64", "echo1MiB by 8")
			.doesNotContain("echo1MiB by 64", "existUserAfter5ms by 1");
	}

	@Test
	void measuresAPairInTwoMinutes() {
		Options options = Options.of("--against", "grpc");
		assertThat(options.subjects()).containsExactly(SubjectEntry.HA_RPC_JSON, SubjectEntry.GRPC);
		Duration cell = options.cellWarmUp().plus(options.measured());
		Duration turn = options.warmUp().plus(cell.multipliedBy(options.cells().size()));
		assertThat(turn.multipliedBy(2L * options.rounds())).isLessThan(Duration.ofMinutes(2).plusSeconds(30));
	}

	@Test
	void takesWhatIsAskedFor() {
		Options options = Options.of("--subjects", "echo,rmi", "--operations", "getUser", "--callers", "2,3",
				"--measure", "250");
		assertThat(options.subjects()).containsExactly(SubjectEntry.ECHO, SubjectEntry.RMI);
		assertThat(options.cells()).extracting(Object::toString).containsExactly("getUser by 2", "getUser by 3");
		assertThat(options.measured()).isEqualTo(Duration.ofMillis(250));
	}

	@Test
	void saysWhatItDoesNotKnow() {
		assertThatIllegalArgumentException().isThrownBy(() -> Options.of("--subject", "echo"))
			.withMessageContaining("--subject ");
		assertThatIllegalArgumentException().isThrownBy(() -> Options.of("--subjects", "thrift"))
			.withMessageContaining("thrift")
			.withMessageContaining("ha-rpc-json");
		assertThatIllegalArgumentException().isThrownBy(() -> Options.of("--rounds"))
			.withMessage("--rounds (expected: a value behind it)");
	}

}
