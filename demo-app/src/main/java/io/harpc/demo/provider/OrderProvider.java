package io.harpc.demo.provider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.harpc.annotation.RpcService;
import io.harpc.demo.api.NewOrder;
import io.harpc.demo.api.Order;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OrderService;
import io.harpc.demo.api.OutOfStockException;

import org.springframework.context.annotation.Profile;

@RpcService
@Profile("provider")
class OrderProvider implements OrderService {

	private static final int MAX_PAGE_SIZE = 100;

	private final String instance;

	private final OrderJournal journal;

	OrderProvider(ProviderProperties properties, ObjectMapper mapper) throws IOException {
		this.instance = properties.instance();
		this.journal = new OrderJournal(properties.orders(), mapper);
	}

	@Override
	public Order place(String customer, NewOrder order) throws OutOfStockException {
		try {
			return this.journal.append(customer, order, this.instance);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public Optional<Order> find(long id) {
		try {
			return this.journal.find(id);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public OrderPage page(int page, int size) {
		if (page < 0 || size < 1 || size > MAX_PAGE_SIZE) {
			throw new IllegalArgumentException("page: " + page + ", size: " + size
					+ " (expected: a page of at least 0, a size from 1 to " + MAX_PAGE_SIZE + ")");
		}
		try {
			return this.journal.page(page, size, this.instance);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
