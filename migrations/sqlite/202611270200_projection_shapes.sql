-- The shape in which the rows of each read model were written, and its indexes: digests of what the version
-- declares that made its tables. Tables of read models are made from these declarations, by `postulo migrate`.
CREATE TABLE projection_shapes (
    name    TEXT NOT NULL PRIMARY KEY,
    shape   TEXT NOT NULL,
    indexes TEXT NOT NULL
);
