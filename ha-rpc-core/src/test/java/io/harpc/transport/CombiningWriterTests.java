package io.harpc.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.harpc.Outcome;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(20)
class CombiningWriterTests {

	private static final int CAPACITY = 1000;

	private static final int FRAME = 100;

	private final BlockingStream out = new BlockingStream();

	private final CombiningWriter writer = new CombiningWriter(this.out, CAPACITY);

	private final AtomicLong end = new AtomicLong();

	@Test
	void writesInOneGoWhatOthersHaveAppended() throws Exception {
		append(1);
		append(2);
		append(3);
		assertThat(this.writer.beginFlush()).isTrue();
		assertThat(this.writer.flush(Long.MAX_VALUE)).isTrue();
		assertThat(this.out.writes).containsExactly(3 * FRAME);
		assertThat(this.writer.isQuiet()).isTrue();
	}

	@Test
	void keepsFramesInOrderWhereLargeOnesGoBySmallOnes() throws Exception {
		CombiningWriter large = new CombiningWriter(this.out, 1 << 20);
		for (int size : new int[] { 100, 70_000, 200, 50_000, 40_000, 300_000, 32 }) {
			large.append(frame(size), later(), this.end::set);
		}
		assertThat(large.beginFlush()).isTrue();
		large.flush(Long.MAX_VALUE);
		byte[] written = this.out.bytes.toByteArray();
		int position = 0;
		for (int size : new int[] { 100, 70_000, 200, 50_000, 40_000, 300_000, 32 }) {
			byte[] expected = Arrays.copyOf(frame(size).array(), size);
			assertThat(Arrays.copyOfRange(written, position, position + size)).isEqualTo(expected);
			position += size;
		}
		assertThat(this.end).hasValue(position);
		assertThat(this.out.writes).allMatch((length) -> length <= 128 * 1024);
	}

	@Test
	void writesWhatWasAppendedWhileItWrote() throws Exception {
		this.out.block();
		append(1);
		assertThat(this.writer.beginFlush()).isTrue();
		CompletableFuture<Boolean> flushed = CompletableFuture.supplyAsync(this::flush);
		this.out.awaitBlocked();
		append(2);
		assertThat(this.writer.beginFlush()).as("another flushes").isFalse();
		assertThat(this.writer.isQuiet()).isFalse();
		this.out.unblock();
		assertThat(flushed.get()).isTrue();
		assertThat(this.out.bytes.size()).isEqualTo(2 * FRAME);
		assertThat(this.writer.beginFlush()).as("nobody flushes any more").isTrue();
	}

	@Test
	void stopsBeforeTheLimitAndKeepsTheDuty() throws Exception {
		append(1);
		assertThat(this.writer.beginFlush()).isTrue();
		assertThat(this.writer.flush(FRAME - 1)).isFalse();
		assertThat(this.out.writes).isEmpty();
		assertThat(this.writer.beginFlush()).as("still the duty of the first").isFalse();
		assertThat(this.writer.flush(FRAME)).isTrue();
		assertThat(this.writer.handed()).isEqualTo(FRAME);
	}

	@Test
	void waitsForRoomUntilTheDeadlineAndQueuesNothingThen() throws Exception {
		fill();
		long start = System.nanoTime();
		boolean queued = this.writer.append(frame(FRAME), start + TimeUnit.MILLISECONDS.toNanos(30), this.end::set);
		assertThat(queued).isFalse();
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
		assertThat(this.end).hasValue(CAPACITY);
		assertThat(this.writer.append(frame(FRAME), System.nanoTime(), this.end::set)).as("without waiting").isFalse();
	}

	@Test
	void goesOnAsSoonAsThereIsRoom() throws Exception {
		fill();
		CompletableFuture<Boolean> queued = CompletableFuture.supplyAsync(() -> appendOne(later()));
		assertThat(this.writer.beginFlush()).isTrue();
		this.writer.flush(Long.MAX_VALUE);
		assertThat(queued.get()).isTrue();
	}

	@Test
	void takesAFrameBeyondItsCapacityWhenItIsEmpty() throws Exception {
		assertThat(this.writer.append(frame(5 * CAPACITY), System.nanoTime(), this.end::set)).isTrue();
		assertThat(this.writer.append(frame(FRAME), System.nanoTime(), this.end::set)).isFalse();
	}

	@Test
	void closingWakesWhoWaitsAndSaysThatNothingWasSent() throws Exception {
		fill();
		CompletableFuture<TransportException> failure = CompletableFuture
			.supplyAsync(() -> catchThrowableOfType(TransportException.class,
					() -> this.writer.append(frame(FRAME), later(), this.end::set)));
		this.writer.close();
		assertThat(failure.get().outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(failure.get().kind()).isEqualTo(Kind.LOST);
		assertThat(this.writer.beginFlush()).isTrue();
		assertThat(this.writer.flush(Long.MAX_VALUE)).isTrue();
		assertThat(this.out.writes).as("what was queued is dropped").isEmpty();
		assertThat(this.writer.handed()).isZero();
	}

	@Test
	void countsWhatIsBeingWrittenAsHanded() throws Exception {
		this.out.block();
		append(1);
		assertThat(this.writer.beginFlush()).isTrue();
		CompletableFuture<Boolean> flushed = CompletableFuture.supplyAsync(this::flush);
		this.out.awaitBlocked();
		append(2);
		this.writer.close();
		assertThat(this.writer.handed()).as("the first may have left, the second has not").isEqualTo(FRAME);
		this.out.unblock();
		flushed.get();
		assertThat(this.writer.handed()).isEqualTo(FRAME);
	}

	@Test
	void saysHowLongThePeerHasTakenNothing() throws Exception {
		assertThat(this.writer.writingNanos(System.nanoTime())).isZero();
		this.out.block();
		append(1);
		assertThat(this.writer.beginFlush()).isTrue();
		CompletableFuture<Boolean> flushed = CompletableFuture.supplyAsync(this::flush);
		this.out.awaitBlocked();
		assertThat(this.writer.writingNanos(System.nanoTime() + 1_000_000)).isGreaterThan(900_000);
		this.out.unblock();
		flushed.get();
		assertThat(this.writer.writingNanos(System.nanoTime())).isZero();
	}

	@Test
	void interruptedWaitForRoomKeepsTheFlagAndQueuesNothing() throws Exception {
		fill();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> this.writer.append(frame(FRAME), later(), this.end::set))
			.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.end).hasValue(CAPACITY);
	}

	@Test
	void roomIsTheHalfOfIt() throws Exception {
		for (int i = 0; i < 6; i++) {
			assertThat(this.writer.hasRoom()).isTrue();
			append(i);
		}
		assertThat(this.writer.hasRoom()).isFalse();
		assertThat(this.writer.awaitRoom(System.nanoTime())).isFalse();
		CompletableFuture<Boolean> room = CompletableFuture.supplyAsync(this::awaitRoom);
		assertThat(this.writer.beginFlush()).isTrue();
		this.writer.flush(Long.MAX_VALUE);
		assertThat(room.get()).isTrue();
	}

	@Test
	void losesNothingBetweenManyWriters() throws Exception {
		int threads = 8;
		int each = 2_000;
		List<CompletableFuture<Void>> done = new ArrayList<>();
		for (int t = 0; t < threads; t++) {
			done.add(CompletableFuture.runAsync(() -> {
				for (int i = 0; i < each; i++) {
					appendOne(later());
					if (this.writer.beginFlush()) {
						flush();
					}
				}
			}));
		}
		CompletableFuture.allOf(done.toArray(new CompletableFuture<?>[0])).get();
		assertThat(this.writer.isQuiet()).isTrue();
		assertThat(this.out.bytes.size()).isEqualTo(threads * each * FRAME);
	}

	private void fill() throws Exception {
		for (int i = 0; i < CAPACITY / FRAME; i++) {
			append(i);
		}
	}

	private void append(int callId) throws Exception {
		FrameBuffer frame = new FrameBuffer().beginResponse(callId, Status.OK, 0, 1 << 20, 0);
		frame.write(new byte[FRAME - 32]);
		frame.finish();
		assertThat(this.writer.append(frame, System.nanoTime(), this.end::set)).isTrue();
	}

	private boolean appendOne(long deadline) {
		try {
			return this.writer.append(frame(FRAME), deadline, this.end::set);
		}
		catch (TransportException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private boolean awaitRoom() {
		try {
			return this.writer.awaitRoom(later());
		}
		catch (TransportException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private boolean flush() {
		try {
			return this.writer.flush(Long.MAX_VALUE);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static FrameBuffer frame(int size) throws IOException {
		FrameBuffer frame = new FrameBuffer().beginResponse(size, Status.OK, 0, 1 << 20, 0);
		byte[] payload = new byte[size - 32];
		Arrays.fill(payload, (byte) size);
		frame.write(payload);
		frame.finish();
		return frame;
	}

	private static long later() {
		return System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
	}

	/** Takes bytes, or holds who writes them up. */
	private static final class BlockingStream extends OutputStream {

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		private final List<Integer> writes = new ArrayList<>();

		private final Semaphore gate = new Semaphore(1 << 30);

		private final Semaphore arrived = new Semaphore(0);

		void block() {
			this.gate.drainPermits();
		}

		void unblock() {
			this.gate.release(1 << 29);
		}

		void awaitBlocked() throws InterruptedException {
			assertThat(this.arrived.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
		}

		@Override
		public void write(int b) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void write(byte[] source, int offset, int length) {
			this.arrived.release();
			this.gate.acquireUninterruptibly();
			this.writes.add(length);
			this.bytes.write(source, offset, length);
		}

	}

}
