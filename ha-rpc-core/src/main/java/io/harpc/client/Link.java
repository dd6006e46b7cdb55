package io.harpc.client;

import java.util.Map;

import io.harpc.Deadline;
import io.harpc.protocol.LoadReport;
import io.harpc.transport.Channel;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.LateAnswer;
import io.harpc.transport.PayloadWriter;
import io.harpc.transport.Peer;
import io.harpc.transport.Response;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * What the call sequence needs of a {@link Channel}: the seam through which tests bring a
 * server that is none.
 */
interface Link {

	boolean isConnected();

	boolean isDraining();

	/**
	 * {@return what the server said it speaks, empty before it said}
	 */
	String serialization();

	/**
	 * {@return which run of the server the newest connection leads to, empty if unknown;
	 * to be asked before a first try, not after it}
	 */
	String incarnation();

	/**
	 * {@return how the server is, as it said last on a connection that stands}
	 */
	@Nullable LoadReport loadReport();

	/**
	 * {@return the {@link System#nanoTime()} of when it said so, any time if it did not}
	 */
	long loadReportAt();

	void connect();

	Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload)
			throws TransportException;

	/**
	 * Waits for the answer for a while; then the call goes on, and what comes of it is
	 * told.
	 * @param patientUntil until when to wait
	 * @param late is told what comes of the call afterwards
	 * @return the answer, {@code null} if the call goes on
	 */
	@Nullable Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			long patientUntil, LateAnswer late) throws TransportException;

	/**
	 * Waits for nothing.
	 * @param patientUntil when to say that the answer is late
	 * @param late is told what comes of the call, and that it is late
	 * @return cancels the call, of which is told all the same
	 */
	Runnable callAsync(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			long patientUntil, LateAnswer late);

	void close();

	/** Opens links, and closes what lies beneath them. */
	interface Factory extends AutoCloseable {

		Link open(Peer peer, ChannelListener listener);

		@Override
		void close();

	}

	/** A transport, passed on. */
	record ChannelFactory(TransportClient transport) implements Factory {

		@Override
		public Link open(Peer peer, ChannelListener listener) {
			return new ChannelLink(this.transport.channel(peer, listener));
		}

		@Override
		public void close() {
			this.transport.close();
		}

	}

	/** A channel, passed on. */
	record ChannelLink(Channel channel) implements Link {

		@Override
		public boolean isConnected() {
			return this.channel.isConnected();
		}

		@Override
		public boolean isDraining() {
			return this.channel.isDraining();
		}

		@Override
		public String serialization() {
			return this.channel.serialization();
		}

		@Override
		public String incarnation() {
			return this.channel.incarnation();
		}

		@Override
		public @Nullable LoadReport loadReport() {
			return this.channel.loadReport();
		}

		@Override
		public long loadReportAt() {
			return this.channel.loadReportAt();
		}

		@Override
		public void connect() {
			this.channel.connect();
		}

		@Override
		public Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload)
				throws TransportException {
			return this.channel.call(methodId, deadline, headers, payload);
		}

		@Override
		public @Nullable Response call(long methodId, Deadline deadline, Map<String, String> headers,
				PayloadWriter payload, long patientUntil, LateAnswer late) throws TransportException {
			return this.channel.call(methodId, deadline, headers, payload, patientUntil, late);
		}

		@Override
		public Runnable callAsync(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
				long patientUntil, LateAnswer late) {
			return this.channel.callAsync(methodId, deadline, headers, payload, patientUntil, late);
		}

		@Override
		public void close() {
			this.channel.close();
		}

	}

}
