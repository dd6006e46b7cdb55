package io.harpc.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.harpc.Address;
import io.harpc.faults.Moment.Direction;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy that passes bytes on faithfully until it is told to do harm. One fault at a
 * time for each direction, on all its connections. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

	private static final long POLL_NANOS = 1_000_000;

	private final Address target;

	private final ServerSocket listening;

	private final Set<Link> links = ConcurrentHashMap.newKeySet();

	private final Map<Direction, AtomicReference<@Nullable Fault>> faults = Map.of(Direction.TO_SERVER,
			new AtomicReference<>(), Direction.TO_CLIENT, new AtomicReference<>());

	/**
	 * Starts a proxy on a free port.
	 * @param target where it connects to for each connection that it accepts
	 * @throws IOException if it cannot listen
	 */
	public FaultProxy(Address target) throws IOException {
		this.target = target;
		this.listening = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
		start(this::accept, "accept");
	}

	/** Where it listens. */
	public Address address() {
		return new Address("127.0.0.1", this.listening.getLocalPort());
	}

	/** Places a fault, in place of any other in its direction. */
	public void place(Fault newFault) {
		placed(newFault.moment().direction()).set(newFault);
	}

	/** Lets nothing pass from now on, neither way: a partition. */
	public void stall() {
		for (Direction direction : Direction.values()) {
			place(new Fault.Stall(Moment.next(direction)));
		}
	}

	/** Takes all faults away: what was held back passes. */
	public void heal() {
		this.faults.values().forEach((placed) -> placed.set(null));
	}

	/** How many connections are open. */
	public int connections() {
		return this.links.size();
	}

	/** Resets all connections, as a machine that restarts does. */
	public void resetAll() {
		this.links.forEach(Link::reset);
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		resetAll();
	}

	private AtomicReference<@Nullable Fault> placed(Direction direction) {
		return this.faults.get(direction);
	}

	private void accept() {
		while (!this.listening.isClosed()) {
			Socket client;
			try {
				client = this.listening.accept();
			}
			catch (IOException ex) {
				return;
			}
			try {
				Link link = new Link(client, new Socket(this.target.host(), this.target.port()));
				this.links.add(link);
				start(() -> link.pump(Direction.TO_SERVER), "to-server");
				start(() -> link.pump(Direction.TO_CLIENT), "to-client");
			}
			catch (IOException ex) {
				closeQuietly(client);
			}
		}
	}

	private static void start(Runnable task, String name) {
		Thread thread = new Thread(task, "fault-proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	private static void closeQuietly(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It is gone all the same.
		}
	}

	/** One connection, both ends of it. */
	private final class Link {

		private final Socket client;

		private final Socket server;

		Link(Socket client, Socket server) throws IOException {
			this.client = client;
			this.server = server;
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
		}

		void pump(Direction direction) {
			Socket from = (direction == Direction.TO_SERVER) ? this.client : this.server;
			Socket to = (direction == Direction.TO_SERVER) ? this.server : this.client;
			byte[] bytes = new byte[16 * 1024];
			long passed = 0;
			try {
				while (true) {
					awaitPassage(direction, passed);
					int count = from.getInputStream().read(bytes);
					if (count < 0) {
						break;
					}
					pass(bytes, count, direction, passed, to);
					passed += count;
				}
			}
			catch (IOException ex) {
				// One end is gone: so is the other.
			}
			end();
		}

		/** Reads nothing where nothing is to pass, so that the sender's buffers fill. */
		private void awaitPassage(Direction direction, long passed) {
			while (due(direction, passed, 0) >= 0 && placed(direction).get() instanceof Fault.Stall
					&& !this.client.isClosed()) {
				LockSupport.parkNanos(POLL_NANOS);
			}
		}

		/**
		 * {@return how many of the bytes still pass before the fault, -1 if it is not
		 * among them}
		 */
		private int due(Direction direction, long passed, int count) {
			Fault current = placed(direction).get();
			if (current == null) {
				return -1;
			}
			long offset = current.moment().offset();
			if (offset == Moment.NEXT || offset <= passed) {
				return (current instanceof Fault.Corrupt && offset != Moment.NEXT && offset < passed) ? -1 : 0;
			}
			return (offset < passed + count) ? (int) (offset - passed) : -1;
		}

		private void pass(byte[] bytes, int count, Direction direction, long passed, Socket to) throws IOException {
			int before = due(direction, passed, count);
			Fault current = placed(direction).get();
			if (before < 0 || current == null) {
				to.getOutputStream().write(bytes, 0, count);
				return;
			}
			to.getOutputStream().write(bytes, 0, before);
			strike(current, bytes, before, to);
			if (!this.client.isClosed()) {
				drip(bytes, before, count, current, to);
			}
		}

		private void strike(Fault current, byte[] bytes, int at, Socket to) {
			if (current instanceof Fault.Reset) {
				reset();
			}
			else if (current instanceof Fault.Truncate) {
				end();
			}
			else if (current instanceof Fault.Corrupt) {
				bytes[at] ^= (byte) 0xff;
				placed(current.moment().direction()).compareAndSet(current, null);
			}
			else if (current instanceof Fault.Delay delay) {
				LockSupport.parkNanos(delay.duration().toNanos());
			}
			else if (current instanceof Fault.Stall) {
				while (isPlaced(current) && !to.isClosed()) {
					LockSupport.parkNanos(POLL_NANOS);
				}
			}
		}

		private void drip(byte[] bytes, int from, int to, Fault current, Socket target) throws IOException {
			int position = from;
			while (current instanceof Fault.Drip drip && position < to && isPlaced(current)) {
				target.getOutputStream().write(bytes, position++, 1);
				LockSupport.parkNanos(drip.pause().toNanos());
			}
			target.getOutputStream().write(bytes, position, to - position);
		}

		private boolean isPlaced(Fault current) {
			return placed(current.moment().direction()).get() == current;
		}

		void reset() {
			try {
				this.client.setSoLinger(true, 0);
				this.server.setSoLinger(true, 0);
			}
			catch (IOException ex) {
				// Closed already.
			}
			end();
		}

		private void end() {
			FaultProxy.this.links.remove(this);
			closeQuietly(this.client);
			closeQuietly(this.server);
		}

	}

}
