package io.harpc.demo.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.harpc.demo.api.NewOrder;
import io.harpc.demo.api.Order;
import io.harpc.demo.api.OrderLine;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OutOfStockException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class OrderJournalTests {

	private static final NewOrder TEA = new NewOrder(List.of(new OrderLine("tea", 2)));

	private static final NewOrder MUGS = new NewOrder(List.of(new OrderLine("mug", 2), new OrderLine("mug", 2)));

	private final ObjectMapper mapper = Jackson2ObjectMapperBuilder.json().build();

	@TempDir
	private Path directory;

	private Path file;

	private OrderJournal journal;

	private OrderJournal other;

	@BeforeEach
	void open() throws IOException {
		this.file = this.directory.resolve("new").resolve("orders.jsonl");
		this.journal = open(this.file);
		this.other = open(this.file);
	}

	@Test
	void hasTheSameFirstOrdersWhoeverOpensIt() throws IOException {
		assertThat(this.journal.page(0, 10, "a").total()).isEqualTo(5);
		assertThat(this.other.page(0, 10, "a")).isEqualTo(this.journal.page(0, 10, "a"));
	}

	@Test
	void findsWhatAnotherInstanceTook() throws Exception {
		Order order = this.journal.append("ada", TEA, "127.0.0.1:20881");

		assertThat(this.other.find(order.id())).contains(order);
		assertThat(order.total()).isEqualByComparingTo("6.40");
		assertThat(open(this.file).find(order.id())).contains(order);
		assertThat(this.other.append("grace", TEA, "127.0.0.1:20882").id()).isEqualTo(order.id() + 1);
	}

	@Test
	void findsNothingWhereNothingIs() throws IOException {
		assertThat(this.journal.find(0)).isEmpty();
		assertThat(this.journal.find(6)).isEmpty();
		assertThat(this.journal.find(Long.MAX_VALUE)).isEmpty();
	}

	@Test
	void refusesMoreThanAllInstancesTogetherHave() throws Exception {
		this.journal.append("ada", MUGS, "a");

		assertThatExceptionOfType(OutOfStockException.class).isThrownBy(() -> this.other.append("grace", MUGS, "b"))
			.withMessage("mug: 4 wanted, 1 left");
		assertThat(this.journal.page(0, 10, "a").total()).isEqualTo(6);
	}

	@Test
	void hasNoneOfWhatItDoesNotKnow() {
		assertThatExceptionOfType(OutOfStockException.class)
			.isThrownBy(() -> this.journal.append("ada", new NewOrder(List.of(new OrderLine("moon", 1))), "a"))
			.withMessage("moon: 1 wanted, 0 left");
	}

	@Test
	void listsTheNewestFirst() throws IOException {
		OrderPage first = this.journal.page(0, 2, "a");
		OrderPage last = this.journal.page(2, 2, "a");

		assertThat(first.orders()).extracting(Order::id).containsExactly(5L, 4L);
		assertThat(last.orders()).extracting(Order::id).containsExactly(1L);
		assertThat(this.journal.page(3, 2, "a").orders()).isEmpty();
		assertThat(this.journal.page(Integer.MAX_VALUE, 100, "a").orders()).isEmpty();
	}

	@Test
	void cutsOffWhatAKilledInstanceLeftHalfWritten() throws Exception {
		Files.writeString(this.file, "{\"id\":6,\"cust", StandardOpenOption.APPEND);
		assertThat(this.journal.page(0, 10, "a").total()).isEqualTo(5);

		Order order = this.other.append("ada", TEA, "b");

		assertThat(order.id()).isEqualTo(6);
		assertThat(this.journal.find(6)).contains(order);
		assertThat(Files.readAllLines(this.file)).hasSize(6);
	}

	@Test
	void goesOnAfterACallWasInterrupted() throws Exception {
		Thread.currentThread().interrupt();
		assertThatIOException().isThrownBy(() -> this.journal.append("ada", TEA, "a"));
		assertThat(Thread.interrupted()).isTrue();

		assertThat(this.journal.append("ada", TEA, "a").id()).isEqualTo(6);
	}

	private OrderJournal open(Path file) throws IOException {
		return new OrderJournal(file, this.mapper);
	}

}
