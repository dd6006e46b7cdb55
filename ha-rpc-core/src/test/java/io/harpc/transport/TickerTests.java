package io.harpc.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TickerTests {

	private final AtomicInteger looks = new AtomicInteger();

	private final AtomicBoolean busy = new AtomicBoolean();

	private final Ticker ticker = new Ticker(TransportFixture.daemons("ticker-test"), 1, TimeUnit.MILLISECONDS,
			this::look);

	private boolean look(long now) {
		this.looks.incrementAndGet();
		if (this.busy.get()) {
			throw new IllegalStateException("look that throws on purpose");
		}
		return false;
	}

	@Test
	void outlivesWhatItsLookThrows() {
		this.busy.set(true);
		this.ticker.start();
		TransportFixture.await("it looks again", () -> this.looks.get() > 3);
		this.ticker.stop();
		TransportFixture.await("it ends", () -> Resources.threads("ticker-test") == 0);
	}

	@Test
	void wakesAtOnceWhenSomethingBegins() {
		this.ticker.start();
		for (int i = 0; i < 50; i++) {
			int before = this.looks.get();
			this.ticker.begins();
			TransportFixture.await("it looks again", () -> this.looks.get() > before);
		}
		this.ticker.stop();
	}

}
