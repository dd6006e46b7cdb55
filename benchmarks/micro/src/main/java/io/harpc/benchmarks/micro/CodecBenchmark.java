package io.harpc.benchmarks.micro;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameType;
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

/** Arguments and results to bytes, in a buffer that is used again, and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init")
public class CodecBenchmark {

	private static final int MAX_FRAME_SIZE = 4 * 1024 * 1024;

	/** The name of the serialization. */
	@Param({ "json", "smile" })
	public String codec;

	/** What is written and read. */
	@Param
	public Payload payload;

	private MethodSerializer serializer;

	private Object[] arguments;

	private Object result;

	private byte[] argumentBytes;

	private byte[] resultBytes;

	private final FrameBuffer buffer = new FrameBuffer();

	/**
	 * Prepares, as it is done once for a method.
	 * @throws IOException if something cannot be written
	 */
	@Setup
	public void prepare() throws IOException {
		this.serializer = Serializer.byName(this.codec).forMethod(this.payload.method());
		this.arguments = this.payload.arguments();
		this.result = this.payload.result();
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		this.serializer.writeArguments(this.arguments, bytes);
		this.argumentBytes = bytes.toByteArray();
		bytes.reset();
		this.serializer.writeResult(this.result, bytes);
		this.resultBytes = bytes.toByteArray();
	}

	/**
	 * At the client, before the call.
	 * @return the number of bytes
	 * @throws IOException if the arguments cannot be written
	 */
	@Benchmark
	public int writeArguments() throws IOException {
		this.serializer.writeArguments(this.arguments, this.buffer.begin(FrameType.REQUEST, 1, MAX_FRAME_SIZE));
		return this.buffer.finish();
	}

	/**
	 * At the server, before the handler.
	 * @return the arguments
	 * @throws IOException if they cannot be read
	 */
	@Benchmark
	public @Nullable Object[] readArguments() throws IOException {
		return this.serializer.readArguments(this.argumentBytes, 0, this.argumentBytes.length);
	}

	/**
	 * At the server, after the handler.
	 * @return the number of bytes
	 * @throws IOException if the result cannot be written
	 */
	@Benchmark
	public int writeResult() throws IOException {
		this.serializer.writeResult(this.result, this.buffer.begin(FrameType.RESPONSE, 1, MAX_FRAME_SIZE));
		return this.buffer.finish();
	}

	/**
	 * At the client, after the call.
	 * @return the result
	 * @throws IOException if it cannot be read
	 */
	@Benchmark
	public @Nullable Object readResult() throws IOException {
		return this.serializer.readResult(this.resultBytes, 0, this.resultBytes.length);
	}

}
