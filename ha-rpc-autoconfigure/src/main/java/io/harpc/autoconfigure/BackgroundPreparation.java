package io.harpc.autoconfigure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.NativeDetector;
import org.springframework.core.env.Environment;

import io.harpc.ServiceKey;
import io.harpc.method.ServiceDescriptor;
import io.harpc.serialization.Serializer;

/**
 * Loads what the first reference or service needs while the main thread still looks for
 * beans: the classes of Jackson are several hundred, and take longer than all else that
 * ha-rpc does at the start. Spring Boot does the same for web applications, and both are
 * switched off by the same property. Where there is only one processor nothing is gained,
 * and nothing is done.
 */
final class BackgroundPreparation implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(BackgroundPreparation.class);

	private static final String IGNORE = "spring.backgroundpreinitializer.ignore";

	private static final AtomicBoolean begun = new AtomicBoolean();

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		if (isWanted(event.getEnvironment(), Runtime.getRuntime().availableProcessors())
				&& begun.compareAndSet(false, true)) {
			Thread thread = new Thread(BackgroundPreparation::prepare, "ha-rpc-preparation");
			thread.setDaemon(true);
			thread.start();
		}
	}

	static boolean isWanted(Environment environment, int processors) {
		return processors > 1 && !NativeDetector.inNativeImage()
				&& environment.getProperty("ha-rpc.enabled", Boolean.class, true)
				&& !environment.getProperty(IGNORE, Boolean.class, false);
	}

	private static void prepare() {
		try {
			prepareSample();
		}
		catch (RuntimeException | LinkageError ex) {
			// Whoever needs what is missing says so.
			logger.debug("Nothing is prepared", ex);
		}
	}

	static void prepareSample() {
		Serializer.json().forService(ServiceDescriptor.of(new ServiceKey("sample", "", ""), Sample.class));
	}

	/** Has the kinds of types that most services have. */
	interface Sample {

		SampleBean find(SampleRecord query);

	}

	record SampleRecord(String text, long number, List<String> list, Map<String, Integer> map) {

	}

	static class SampleBean {

		private boolean flag;

		private double number;

		private Instant time = Instant.EPOCH;

		public boolean isFlag() {
			return this.flag;
		}

		public void setFlag(boolean flag) {
			this.flag = flag;
		}

		public double getNumber() {
			return this.number;
		}

		public void setNumber(double number) {
			this.number = number;
		}

		public Instant getTime() {
			return this.time;
		}

		public void setTime(Instant time) {
			this.time = time;
		}

	}

}
