package io.harpc.demo.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class SupervisorIT {

	private static final RestartBackoff.Settings BACKOFF = new RestartBackoff.Settings(Duration.ofMillis(20),
			Duration.ofMillis(200), Duration.ofSeconds(10));

	private Supervisor supervisor = new Supervisor(List.of(), BACKOFF, Duration.ofSeconds(1));

	@AfterEach
	void close() {
		this.supervisor.close();
	}

	@Test
	void startsAKilledChildAgainAndLeavesTheOthersAlone() {
		supervise(Duration.ofSeconds(10), "wait", "wait");
		Child killed = running(0);
		Child other = running(1);

		ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();

		await().until(() -> this.supervisor.children().get(0).starts() == 2);
		assertThat(running(0).pid()).isNotEqualTo(killed.pid());
		assertThat(isAlive(running(0))).isTrue();
		assertThat(running(1)).isEqualTo(other);
		assertThat(isAlive(other)).isTrue();
	}

	@Test
	void keepsTryingWhereAChildEndsByItself() {
		supervise(Duration.ofSeconds(10), "exit");

		await().until(() -> this.supervisor.children().get(0).starts() >= 3);
	}

	@Test
	void keepsTryingWhereAChildCannotBeStarted() {
		this.supervisor = new Supervisor(
				List.of(new ChildCommand("child", List.of("/no/such/program"), Map.of()), command("child", "wait")),
				BACKOFF, Duration.ofSeconds(10));
		this.supervisor.start();

		running(1);
		assertThat(this.supervisor.children().get(0)).isEqualTo(new Child("child", 0, 0));
	}

	@Test
	void endsAllChildrenWhenClosed() {
		supervise(Duration.ofSeconds(10), "wait", "wait", "wait");
		List<Child> children = List.of(running(0), running(1), running(2));

		this.supervisor.close();

		assertThat(children).noneMatch(SupervisorIT::isAlive);
	}

	@Test
	void endsByForceWhatDoesNotEndInTime() {
		supervise(Duration.ofMillis(300), "refuse");
		Child child = running(0);

		this.supervisor.close();

		assertThat(isAlive(child)).isFalse();
	}

	@Test
	void endsByForceWhenItsCallerHasNoTime() {
		supervise(Duration.ofSeconds(50), "refuse");
		Child child = running(0);

		Thread.currentThread().interrupt();
		this.supervisor.close();

		assertThat(Thread.interrupted()).isTrue();
		await().until(() -> !isAlive(child));
	}

	@Test
	void leavesAChildThatEndsOnceTheEndIsExpected() {
		supervise(Duration.ofSeconds(10), "wait");
		Child child = running(0);

		this.supervisor.stopRestarting();
		ProcessHandle.of(child.pid()).orElseThrow().destroy();
		await().until(() -> !isAlive(child));
		this.supervisor.close();

		assertThat(this.supervisor.children().get(0).starts()).isEqualTo(1);
	}

	private void supervise(Duration gracePeriod, String... modes) {
		this.supervisor = new Supervisor(Stream.of(modes).map((mode) -> command("child", mode)).toList(), BACKOFF,
				gracePeriod);
		this.supervisor.start();
	}

	private Child running(int index) {
		await().until(() -> this.supervisor.children().get(index).pid() != 0);
		return this.supervisor.children().get(index);
	}

	private static boolean isAlive(Child child) {
		return ProcessHandle.of(child.pid()).map(ProcessHandle::isAlive).orElse(false);
	}

	private static ChildCommand command(String name, String mode) {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		return new ChildCommand(name, List.of(java, "-Xmx16m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				ChildMain.class.getName(), mode), Map.of("CLASSPATH", Path.of("target", "test-classes").toString()));
	}

}
