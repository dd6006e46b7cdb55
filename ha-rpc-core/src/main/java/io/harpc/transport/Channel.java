package io.harpc.transport;

import java.util.Map;

import io.harpc.Deadline;
import io.harpc.protocol.LoadReport;
import org.jspecify.annotations.Nullable;

/**
 * Leads to one server, by as many connections as it takes. A lost connection is made
 * again, at growing intervals, for as long as the channel is open; a call that finds
 * none, and none in the making, fails at once. Made by {@link TransportClient}.
 * Thread-safe.
 */
public interface Channel extends AutoCloseable {

	/**
	 * Whether a call could be sent at once.
	 * @return {@code true} while a connection takes calls
	 */
	boolean isConnected();

	/**
	 * Whether the server has said that it takes no new calls, and has not been reached
	 * anew since.
	 * @return {@code true} from its word on until a new connection is made
	 */
	boolean isDraining();

	/**
	 * The serialization that the server uses.
	 * @return its name, empty before the first connection
	 */
	String serialization();

	/**
	 * Which run of the server the newest connection leads to. To hold a second try to the
	 * run of the first, ask before the first: what is asked later may be said of a run
	 * that has begun meanwhile.
	 * @return what the server calls itself, empty before the first connection
	 */
	String incarnation();

	/**
	 * How the server is, as it said last on a connection that stands. Cheap: a report is
	 * read when it is asked for, and once.
	 * @return the report, {@code null} if it has made none on these connections
	 */
	@Nullable LoadReport loadReport();

	/**
	 * When the server last said how it is.
	 * @return the {@link System#nanoTime()} of the moment, any time if there is no report
	 */
	long loadReportAt();

	/**
	 * Begins to connect in the background, and keeps connected from then on.
	 */
	void connect();

	/**
	 * Sends a request and blocks the calling thread, platform or virtual, until its
	 * answer, its deadline or the loss of the connection. Where no connection stands,
	 * waits for one that is being made.
	 * @param methodId the method
	 * @param deadline when to stop waiting
	 * @param headers what travels with the call
	 * @param payload writes the arguments
	 * @return the answer
	 * @throws TransportException if there is none; an interrupted thread keeps its flag
	 */
	Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload)
			throws TransportException;

	/**
	 * Sends a request and blocks as the other {@code call} does, but only for a while.
	 * Where there is no answer then, the call goes on by itself until the deadline. A
	 * request that finds no room to be sent until then fails as unsent.
	 * @param methodId the method
	 * @param deadline when the call must have ended
	 * @param headers what travels with the call
	 * @param payload writes the arguments, always on the calling thread
	 * @param patientUntil until when to wait, as {@link System#nanoTime()}; kept to
	 * within some milliseconds
	 * @param late takes what comes of the call when nobody waits for it any more
	 * @return the answer, {@code null} if the call goes on without the calling thread
	 * @throws TransportException if there will be no answer; an interrupted thread keeps
	 * its flag
	 */
	@Nullable Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			long patientUntil, LateAnswer late) throws TransportException;

	/**
	 * Sends a request without blocking, and says when its answer is late. Both are told
	 * on threads of the transport's, which must not be blocked, so that the one may
	 * overtake the other.
	 * @param methodId the method
	 * @param deadline when to stop waiting
	 * @param headers what travels with the call
	 * @param payload writes the arguments
	 * @param patientUntil from when on the answer is late, as {@link System#nanoTime()};
	 * kept to within some milliseconds; the deadline if nobody wants to know
	 * @param late takes what comes of it, and hears once if it is late
	 * @return gives the call up when run
	 */
	Runnable callAsync(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			long patientUntil, LateAnswer late);

	/**
	 * Closes the connections; calls that wait on them end at once.
	 */
	@Override
	void close();

}
