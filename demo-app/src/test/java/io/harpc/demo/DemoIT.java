package io.harpc.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Starts the launcher as a person does, with two providers, and breaks it.
 */
@Timeout(180)
class DemoIT {

	private static final Duration START = Duration.ofSeconds(90);

	private static final Path OUTPUT = Path.of("target", "demo-it.log");

	private static final Pattern HTTP = Pattern.compile("HTTP on (http://localhost:\\d+)/");

	private static final Pattern PID = Pattern.compile("\"pid\":([1-9]\\d*)");

	private static final Pattern FAILED = Pattern.compile(" calls +[1-9]\\d* failed");

	private final HttpClient client = HttpClient.newHttpClient();

	private Process launcher;

	private String http;

	@AfterEach
	void end() {
		this.launcher.descendants().forEach(ProcessHandle::destroyForcibly);
		this.launcher.destroyForcibly();
	}

	@Test
	void goesOnWithoutAProviderAndLeavesNoneBehind() throws Exception {
		start();
		await().atMost(START).until(() -> status("/divide?num1=7&num2=2") == 200 && loadIsSharedByTwo());
		assertThat(get("/divide?num1=7&num2=2").body()).contains("\"result\":3.5");
		assertThat(get("/divide?num1=7&num2=0").body()).contains("7 cannot be divided by zero");
		assertThat(get("/orders/1").body()).contains("ada");
		assertThat(status("/divide?num1=7&num2=0")).isEqualTo(400);

		kill(pids().get(0));
		for (int i = 0; i < 20; i++) {
			assertThat(status("/divide?num1=7&num2=2")).isEqualTo(200);
		}
		await().atMost(START).until(() -> get("/providers").body().contains("\"starts\":2") && pids().size() == 2);
		assertThat(Files.readString(OUTPUT)).doesNotContainPattern(FAILED);

		List<Long> providers = pids();
		kill(this.launcher.pid());

		await().atMost(START).until(() -> providers.stream().noneMatch(DemoIT::isAlive));
	}

	private void start() throws IOException {
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx256m", "-XX:TieredStopAtLevel=1", DemoApplication.class.getName(), "--server.port=0",
				"--demo.providers.count=2", "--demo.providers.first-port=" + freePort(), "--demo.zookeeper.port=0");
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		builder.redirectErrorStream(true).redirectOutput(OUTPUT.toFile());
		this.launcher = builder.start();
		await().atMost(START).until(() -> HTTP.matcher(Files.readString(OUTPUT)).find());
		this.http = HTTP.matcher(Files.readString(OUTPUT)).results().findFirst().orElseThrow().group(1);
	}

	private boolean loadIsSharedByTwo() throws IOException {
		return Pattern.compile(" calls .*% +\\d+ [1-9]\\d*%").matcher(Files.readString(OUTPUT)).find();
	}

	private List<Long> pids() throws Exception {
		return PID.matcher(get("/providers").body())
			.results()
			.map((MatchResult pid) -> Long.valueOf(pid.group(1)))
			.toList();
	}

	private int status(String path) throws Exception {
		return get(path).statusCode();
	}

	private HttpResponse<String> get(String path) throws Exception {
		return this.client.send(
				HttpRequest.newBuilder(URI.create(this.http + path)).timeout(Duration.ofSeconds(10)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static void kill(long pid) {
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
	}

	private static boolean isAlive(long pid) {
		return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
	}

}
