package io.harpc.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ParentWatchIT {

	@Test
	void endsTheProcessWhenItsParentClosesThePipe() throws Exception {
		Process child = startChild();
		try {
			assertThat(child.inputReader().readLine()).isEqualTo("started");
			assertThat(child.isAlive()).isTrue();

			child.outputWriter().close();

			assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
			assertThat(child.exitValue()).isEqualTo(1);
		}
		finally {
			child.destroyForcibly();
		}
	}

	private static Process startChild() throws IOException {
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				Child.class.getName());
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
	}

	static final class Child {

		private Child() {
		}

		public static void main(String[] args) throws Exception {
			ParentWatch.start(System.in);
			try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
				out.write("started\n".getBytes(StandardCharsets.US_ASCII));
			}
			new CountDownLatch(1).await();
		}

	}

}
