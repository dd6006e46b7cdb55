package io.harpc;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CallContext}.
 */
class CallContextTests {

	private final CallContext context = new CallContext(new ServiceKey("shop", "", ""), "find(long)", "peer",
			Deadline.afterNanos(1_000_000_000), Map.of());

	private final AtomicReference<@Nullable CallContext> seen = new AtomicReference<>();

	private final Runnable task = () -> this.seen.set(CallContext.current());

	@Test
	void aTaskInheritsTheContextOfWhoMadeIt() throws Exception {
		Runnable propagating = this.context.call(() -> CallContext.propagating(this.task));
		runOnAnotherThread(propagating);
		assertThat(this.seen).hasValue(this.context);
		assertThat(CallContext.current()).isNull();
	}

	@Test
	void outsideAHandlerThereIsNothingToInherit() {
		assertThat(CallContext.propagating(this.task)).isSameAs(this.task);
	}

	@Test
	void aDetachedTaskInheritsNothingOnAnyThread() throws Exception {
		CallContext inside = this.context.call(() -> {
			CallContext.propagating(CallContext.detached(this.task)).run();
			return CallContext.current();
		});
		assertThat(this.seen).hasNullValue();
		assertThat(inside).isSameAs(this.context);
	}

	@Test
	void theThreadIsLeftAsItWas() throws Exception {
		Runnable failing = this.context.call(() -> CallContext.propagating(() -> {
			throw new IllegalStateException("fails");
		}));
		assertThatIllegalStateException().isThrownBy(failing::run);
		assertThat(CallContext.current()).isNull();
	}

	private static void runOnAnotherThread(Runnable task) throws InterruptedException {
		Thread thread = new Thread(task);
		thread.start();
		thread.join();
	}

}
