package io.harpc.scenario;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link ScenarioTest} as often as asked for, each time on a new {@link Stage}.
 */
final class Scenarios implements TestTemplateInvocationContextProvider {

	/** Whether scenarios take their long form. */
	static final boolean SOAK = Integer.getInteger("scenario.seconds", 0) > 0;

	@Override
	public boolean supportsTestTemplate(ExtensionContext context) {
		return true;
	}

	@Override
	public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
		Random seeds = new Random();
		Long given = Long.getLong("scenario.seed");
		int runs = SOAK ? Integer.MAX_VALUE : Integer.getInteger("scenario.runs", 1);
		long end = System.nanoTime() + Integer.getInteger("scenario.seconds", 0) * 1_000_000_000L;
		return IntStream.range(0, runs)
			.takeWhile((run) -> run == 0 || !SOAK || System.nanoTime() - end < 0)
			.mapToObj((run) -> new Run((given != null) ? given + run : seeds.nextInt(Integer.MAX_VALUE)));
	}

	/** One run, with one seed. */
	private static final class Run implements TestTemplateInvocationContext, ParameterResolver, AfterEachCallback {

		private final long seed;

		private @Nullable Stage stage;

		private Run(long seed) {
			this.seed = seed;
		}

		@Override
		public String getDisplayName(int index) {
			return "-Dscenario.seed=" + this.seed;
		}

		@Override
		public List<Extension> getAdditionalExtensions() {
			return List.of(this);
		}

		@Override
		public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
			return parameter.getParameter().getType() == Stage.class;
		}

		@Override
		public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
			Stage made = new Stage(context.getRequiredTestMethod().getName(), this.seed);
			this.stage = made;
			return made;
		}

		@Override
		public void afterEach(ExtensionContext context) throws Exception {
			Stage used = this.stage;
			if (used != null) {
				used.numbers().print(context.getExecutionException().isEmpty());
				context.getRoot().getStore(Namespace.GLOBAL).getOrComputeIfAbsent(Report.class).add(used.numbers());
				used.close();
			}
		}

	}

}
