package io.harpc.demo.provider;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.harpc.demo.api.NewOrder;
import io.harpc.demo.api.Order;
import io.harpc.demo.api.OrderLine;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OutOfStockException;

/**
 * The orders taken, one line of JSON each, in a file that all providers of a machine
 * share: so every instance knows every order, and an instance that is killed loses none.
 * Who appends holds the file's lock, has read what others appended, and cuts off what a
 * killed one left half written. The stock is finite, and so is the file. Thread-safe.
 */
final class OrderJournal {

	private static final Map<String, BigDecimal> PRICES = Map.of("tea", new BigDecimal("3.20"), "coffee",
			new BigDecimal("4.80"), "mug", new BigDecimal("12.50"));

	private static final Map<String, Integer> STOCK = Map.of("tea", 1000, "coffee", 1000, "mug", 5);

	private static final List<String> FIRST_CUSTOMERS = List.of("ada", "grace", "barbara", "frances", "radia");

	private final Path file;

	private final ObjectMapper mapper;

	private final ReentrantLock lock = new ReentrantLock();

	private final List<Order> orders = new ArrayList<>();

	private final Map<String, Integer> stock = new HashMap<>(STOCK);

	/** The end of the last whole line read. */
	private long position;

	OrderJournal(Path file, ObjectMapper mapper) throws IOException {
		this.file = file;
		this.mapper = mapper;
		Path directory = file.toAbsolutePath().getParent();
		if (directory != null) {
			Files.createDirectories(directory);
		}
		exclusively(this::placeFirst);
	}

	Order append(String customer, NewOrder wanted, String takenBy) throws IOException, OutOfStockException {
		return exclusively((channel) -> {
			Optional<OutOfStockException> shortage = shortage(wanted);
			if (shortage.isPresent()) {
				throw shortage.get();
			}
			return write(channel, order(customer, wanted.lines(), takenBy));
		});
	}

	Optional<Order> find(long id) throws IOException {
		this.lock.lock();
		try {
			catchUp();
			return (id >= 1 && id <= this.orders.size()) ? Optional.of(this.orders.get((int) id - 1))
					: Optional.empty();
		}
		finally {
			this.lock.unlock();
		}
	}

	OrderPage page(int page, int size, String servedBy) throws IOException {
		this.lock.lock();
		try {
			catchUp();
			int total = this.orders.size();
			long end = Math.max(total - (long) page * size, 0);
			long start = Math.max(end - size, 0);
			List<Order> content = new ArrayList<>(this.orders.subList((int) start, (int) end));
			Collections.reverse(content);
			return new OrderPage(content, page, size, total, servedBy);
		}
		finally {
			this.lock.unlock();
		}
	}

	private <T, X extends Exception> T exclusively(Append<T, X> append) throws IOException, X {
		this.lock.lock();
		// A channel for each append: the server interrupts a call that is too late, and
		// an
		// interrupt closes the channel
		try (FileChannel channel = FileChannel.open(this.file, StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE)) {
			channel.lock();
			read(channel);
			channel.truncate(this.position);
			return append.to(channel);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void catchUp() throws IOException {
		if (Files.size(this.file) > this.position) {
			try (FileChannel channel = FileChannel.open(this.file, StandardOpenOption.READ)) {
				read(channel);
			}
		}
	}

	private void read(FileChannel channel) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - this.position));
		while (buffer.hasRemaining() && channel.read(buffer, this.position + buffer.position()) >= 0) {
			continue;
		}
		int start = 0;
		for (int i = 0; i < buffer.position(); i++) {
			if (buffer.get(i) == '\n') {
				learn(this.mapper.readValue(buffer.array(), start, i - start, Order.class));
				this.position += i + 1 - start;
				start = i + 1;
			}
		}
	}

	private Order write(FileChannel channel, Order order) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		line.writeBytes(this.mapper.writeValueAsBytes(order));
		line.write('\n');
		ByteBuffer buffer = ByteBuffer.wrap(line.toByteArray());
		while (buffer.hasRemaining()) {
			channel.write(buffer, this.position + buffer.position());
		}
		this.position += buffer.capacity();
		learn(order);
		return order;
	}

	private int placeFirst(FileChannel channel) throws IOException {
		if (this.orders.isEmpty()) {
			for (String customer : FIRST_CUSTOMERS) {
				write(channel, order(customer, List.of(new OrderLine("tea", 2), new OrderLine("coffee", 1)), "-"));
			}
		}
		return this.orders.size();
	}

	private void learn(Order order) {
		this.orders.add(order);
		order.lines().forEach((line) -> this.stock.merge(line.item(), -line.quantity(), Integer::sum));
	}

	private Order order(String customer, List<OrderLine> lines, String takenBy) {
		BigDecimal total = lines.stream()
			.map((line) -> PRICES.getOrDefault(line.item(), BigDecimal.ZERO)
				.multiply(BigDecimal.valueOf(line.quantity())))
			.reduce(BigDecimal.ZERO, BigDecimal::add);
		return new Order(this.orders.size() + 1, customer, lines, total, Instant.now().truncatedTo(ChronoUnit.MILLIS),
				takenBy);
	}

	private Optional<OutOfStockException> shortage(NewOrder wanted) {
		Map<String, Integer> quantities = new HashMap<>();
		wanted.lines().forEach((line) -> quantities.merge(line.item(), line.quantity(), Integer::sum));
		return quantities.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() > left(entry.getKey()))
			.map((entry) -> new OutOfStockException(entry.getKey(), entry.getValue(), left(entry.getKey())))
			.findFirst();
	}

	private int left(String item) {
		return this.stock.getOrDefault(item, 0);
	}

	/** What is done under the lock of the file, knowing all that is in it. */
	private interface Append<T, X extends Exception> {

		T to(FileChannel channel) throws IOException, X;

	}

}
