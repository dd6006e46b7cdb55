package io.harpc.benchmarks.micro;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.harpc.method.MethodDescriptor;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.Status;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What both sides do for a call, one after the other on one thread, but for proxy,
 * choice, waiting and sockets: arguments into a frame, the frame taken apart, the
 * handler, the result into a frame, that taken apart.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init")
public class FrameBenchmark {

	private static final int MAX_FRAME_SIZE = 4 * 1024 * 1024;

	private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(3);

	/** The name of the serialization. */
	@Param({ "json", "smile" })
	public String codec;

	/** What is called. */
	@Param
	public Payload payload;

	private MethodDescriptor method;

	private MethodSerializer serializer;

	private Object[] arguments;

	private final FrameBuffer request = new FrameBuffer();

	private final FrameBuffer response = new FrameBuffer();

	private final FrameReader atServer = new FrameReader(new Written(this.request), MAX_FRAME_SIZE);

	private final FrameReader atClient = new FrameReader(new Written(this.response), MAX_FRAME_SIZE);

	private long callId;

	/** Prepares, as it is done once for a method. */
	@Setup
	public void prepare() {
		this.method = this.payload.method();
		this.serializer = Serializer.byName(this.codec).forMethod(this.method);
		this.arguments = this.payload.arguments();
	}

	/**
	 * A call.
	 * @return the result as the client reads it
	 * @throws IOException if a payload cannot be written or read
	 */
	@Benchmark
	public @Nullable Object call() throws IOException {
		this.serializer.writeArguments(this.arguments,
				this.request.beginRequest(++this.callId, this.method.id(), TIMEOUT_NANOS, Map.of(), MAX_FRAME_SIZE));
		this.request.finish();
		Frame received = receive(this.atServer);
		Object argument = Objects.requireNonNull(
				this.serializer.readArguments(received.body(), received.payloadOffset(), received.payloadLength())[0]);
		Object result = this.payload.handle(argument);
		this.serializer.writeResult(result,
				this.response.beginResponse(received.callId(), Status.OK, 0, MAX_FRAME_SIZE, LoadReport.NONE));
		this.response.finish();
		Frame answer = receive(this.atClient);
		return this.serializer.readResult(answer.body(), answer.payloadOffset(), answer.payloadLength());
	}

	private static Frame receive(FrameReader reader) throws IOException {
		Frame frame = reader.next();
		while (frame == null) {
			reader.fill();
			frame = reader.next();
		}
		return frame;
	}

	/** The bytes of the frame in a buffer, in as many pieces as are asked for. */
	private static final class Written extends InputStream {

		private final FrameBuffer frame;

		private int position;

		private Written(FrameBuffer frame) {
			this.frame = frame;
		}

		@Override
		public int read() {
			throw new UnsupportedOperationException("one byte (expected: many at a time)");
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			int read = Math.min(length, this.frame.size() - this.position);
			System.arraycopy(this.frame.array(), this.position, target, offset, read);
			this.position += read;
			if (this.position == this.frame.size()) {
				this.position = 0;
			}
			return read;
		}

	}

}
